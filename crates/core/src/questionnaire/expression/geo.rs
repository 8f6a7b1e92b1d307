//! Distances and areas of points on the Earth, taken as a sphere: what `distance()` and `area()` give.

/// The mean radius of the Earth, in metres (IUGG).
const RADIUS: f64 = 6_371_008.8;

/// A point, in radians: latitude, longitude.
type Point = (f64, f64);

/// The points in `13.1 -8.2 320 5; 13.2 -8.1`: latitude, longitude, and what else there is. `None` if one of
/// them is no point.
pub fn points(text: &str) -> Option<Vec<Point>> {
    text.split(';').map(str::trim).filter(|point| !point.is_empty()).map(point).collect()
}

fn point(text: &str) -> Option<Point> {
    let mut numbers = text.split_whitespace().map(|word| word.parse::<f64>().ok());
    let (latitude, longitude) = (numbers.next()??, numbers.next()??);
    let on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    on_earth.then(|| (latitude.to_radians(), longitude.to_radians()))
}

/// Metres along the way from point to point.
pub fn distance(points: &[Point]) -> f64 {
    points.windows(2).map(|pair| if let [one, two] = pair { between(*one, *two) } else { 0.0 }).sum()
}

/// By the haversine formula, which is sound for near points too.
fn between((latitude, longitude): Point, (other_latitude, other_longitude): Point) -> f64 {
    let half = |angle: f64| (angle / 2.0).sin().powi(2);
    let h = half(other_latitude - latitude)
        + latitude.cos() * other_latitude.cos() * half(other_longitude - longitude);
    2.0 * RADIUS * h.sqrt().min(1.0).asin()
}

/// Square metres inside the line that joins the points and closes itself.
pub fn area(points: &[Point]) -> f64 {
    let next = points.iter().cycle().skip(1);
    let sum: f64 =
        points.iter().zip(next).map(|(one, two)| (two.1 - one.1) * (2.0 + one.0.sin() + two.0.sin())).sum();
    (sum * RADIUS * RADIUS / 2.0).abs()
}
