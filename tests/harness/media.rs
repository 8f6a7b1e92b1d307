//! Photos and sound, made on the spot: every file is another one, and a real player opens it.

use image::{ImageFormat, Rgb, RgbImage};
use sha2::{Digest, Sha256};
use std::path::Path;

/// Writes a photo of about 100 kB: a hill, a sky and grain, different for each `seed`.
pub fn photo(path: &Path, seed: u32) {
    photo_of(path, seed, 640, 480);
}

/// Writes a photo of this many points.
pub fn photo_of(path: &Path, seed: u32, width: u32, height: u32) {
    let mut grain = seed.wrapping_mul(2_654_435_761) | 1;
    let image = RgbImage::from_fn(width, height, |x, y| {
        grain ^= grain << 13;
        grain ^= grain >> 17;
        grain ^= grain << 5;
        let hill = f64::from(height) / 6.0 * (3.0 + (f64::from(x + seed * 37) / 90.0).sin());
        let noise = u8::try_from(grain % 24).unwrap();
        if f64::from(y) > hill {
            Rgb([150 + noise, 96 + noise, 58 + noise])
        } else {
            Rgb([196 + noise, 210 + noise, 214 + noise])
        }
    });
    image.save_with_format(path, ImageFormat::Jpeg).unwrap();
}

/// What a device stores of this file: a photo small and silent, anything else as it is.
pub fn stored(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    if blon_device::photo::is_picture(&bytes) { blon_device::photo::prepare(&bytes).unwrap() } else { bytes }
}

/// Writes a recording of `seconds` seconds: a voice-like hum, different for each `seed`.
pub fn sound(path: &Path, seed: u32, seconds: u32) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, spec).unwrap();
    let pitch = 110.0 + f64::from(seed % 60);
    for n in 0..seconds * 8000 {
        let t = f64::from(n) / 8000.0;
        let hum = (t * pitch * std::f64::consts::TAU).sin() * (0.5 + 0.5 * (t * 3.0).sin());
        #[allow(clippy::cast_possible_truncation)]
        file.write_sample((hum * 9000.0) as i16).unwrap();
    }
    file.finalize().unwrap();
}

/// Writes a file that nothing compresses, different for each `seed`: quick, where nobody will look at it.
pub fn noise(path: &Path, seed: &str, bytes: usize) {
    let mut content = Vec::with_capacity(bytes + 32);
    let mut block = Sha256::digest(seed);
    while content.len() < bytes {
        content.extend_from_slice(&block);
        block = Sha256::digest(block);
    }
    content.truncate(bytes);
    std::fs::write(path, content).unwrap();
}

/// The SHA-256 of some bytes, as 64 hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
