//! How many connections each address holds.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Who is here from where.
#[derive(Clone)]
pub struct Guests {
    at_most: usize,
    here: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One connection, until it is dropped.
pub struct Guest {
    guests: Guests,
    home: IpAddr,
}

impl Guests {
    /// Nobody yet, and never more than `at_most` of one address.
    pub fn at_most(at_most: usize) -> Self {
        Guests { at_most, here: Arc::default() }
    }

    /// Takes somebody in; `None` where too many of that address are here. This machine's own is not counted: a proxy
    /// on it speaks for everybody.
    pub fn welcome(&self, address: IpAddr) -> Option<Guest> {
        let home = home(address);
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        let count = here.entry(home).or_default();
        if *count >= self.at_most && !home.is_loopback() {
            return None;
        }
        *count += 1;
        Some(Guest { guests: self.clone(), home })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut here = self.guests.here.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = here.get_mut(&self.home) {
            *count -= 1;
            if *count == 0 {
                here.remove(&self.home);
            }
        }
    }
}

/// Whoever has one address of IPv6 has the 2^64 around it.
pub fn home(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) if !six.is_loopback() => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() >> 64 << 64)),
        other => other,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn no_address_takes_every_place_and_whoever_leaves_makes_room() {
        let guests = Guests::at_most(2);
        let welcome = |address: &str| guests.welcome(address.parse().unwrap());
        let (one, two) = (welcome("192.0.2.1"), welcome("192.0.2.1"));
        assert!(one.is_some() && two.is_some() && welcome("192.0.2.1").is_none());
        assert!(welcome("192.0.2.2").is_some(), "others are welcome");
        drop(one);
        assert!(welcome("192.0.2.1").is_some(), "and gone again at once");
        drop(two);
        assert!(guests.here.lock().unwrap().is_empty(), "nobody is remembered who is not here");
        let six = (welcome("2001:db8::1"), welcome("2001:db8::2"));
        assert!(six.0.is_some() && six.1.is_some() && welcome("2001:db8::3").is_none(), "one network");
        let proxy: Vec<_> = (0..5).map(|_| welcome("127.0.0.1")).collect();
        assert!(proxy.iter().all(Option::is_some));
    }
}
