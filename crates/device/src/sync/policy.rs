//! What may go over which network, and what it costs. Text always goes; files obey the collector's choice.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a network costs, as far as the system tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    /// Wi-Fi, a cable, or this very machine: nothing to pay.
    Free,
    /// A mobile network: paid by the megabyte.
    Paid,
    /// The system does not tell; taken for one that costs.
    #[default]
    Unknown,
}

/// When files go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FilePolicy {
    /// Only where it costs nothing.
    FreeOnly,
    /// Over any network.
    Any,
    /// Where it costs nothing, and elsewhere up to this many megabytes a day.
    Daily {
        /// Megabytes of 1,000,000 bytes.
        megabytes: u32,
    },
}

impl Default for FilePolicy {
    /// Evidence gets out of a village without Wi-Fi, and no day costs more than a few coins.
    fn default() -> Self {
        FilePolicy::Daily { megabytes: 20 }
    }
}

impl FilePolicy {
    /// How many bytes of files may still go today; `None` for as many as there are.
    pub fn room(self, network: Network, used_today: u64) -> Option<u64> {
        match (self, network) {
            (FilePolicy::Any, _) | (_, Network::Free) => None,
            (FilePolicy::FreeOnly, _) => Some(0),
            (FilePolicy::Daily { megabytes }, _) => {
                Some((u64::from(megabytes) * 1_000_000).saturating_sub(used_today))
            }
        }
    }
}

/// What the network costs over which this machine reaches others. `to_this_machine`: headquarters is here.
pub fn network(told: Network, to_this_machine: bool) -> Network {
    match told {
        Network::Unknown if to_this_machine => Network::Free,
        Network::Unknown => of_the_system(),
        told => told,
    }
}

/// Whether the system has a way to other machines at all; `None` where it does not tell.
pub fn has_route() -> Option<bool> {
    let routes = std::fs::read_to_string("/proc/net/route").ok()?;
    Some(default_device(&routes).is_some())
}

/// Linux tells by which device everything goes that is not near, and names devices by what they are.
fn of_the_system() -> Network {
    let routes = std::fs::read_to_string("/proc/net/route").unwrap_or_default();
    match default_device(&routes) {
        Some(device) if device.starts_with(['e', 'w']) && !device.starts_with("ww") => Network::Free,
        Some(_) => Network::Paid,
        None => Network::Unknown,
    }
}

/// The device of the route to everywhere: its destination and mask are nothing but zeros.
fn default_device(routes: &str) -> Option<&str> {
    routes.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        match fields.as_slice() {
            [device, "00000000", _, _, _, _, _, "00000000", ..] => Some(*device),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_always_goes_and_files_as_was_chosen() {
        let daily = FilePolicy::Daily { megabytes: 5 };
        for (policy, network, used, room) in [
            (FilePolicy::Any, Network::Paid, u64::MAX, None),
            (FilePolicy::FreeOnly, Network::Free, 0, None),
            (FilePolicy::FreeOnly, Network::Paid, 0, Some(0)),
            (FilePolicy::FreeOnly, Network::Unknown, 0, Some(0)),
            (daily, Network::Free, u64::MAX, None),
            (daily, Network::Paid, 1_000_000, Some(4_000_000)),
            (daily, Network::Unknown, 9_000_000, Some(0)),
        ] {
            assert_eq!(policy.room(network, used), room, "{policy:?} {network:?} {used}");
        }
    }

    #[test]
    fn the_way_to_everywhere_is_found() {
        let head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n";
        let near = "wlan0\t0001A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0\n";
        let far = "wwan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n";
        assert_eq!(default_device(&format!("{head}{near}{far}")), Some("wwan0"));
        assert_eq!(default_device(&format!("{head}{near}")), None);
        assert_eq!(default_device(""), None);
    }
}
