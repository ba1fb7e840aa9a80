//! The time zones of this machine.

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The zone of this name: as the system knows it, else as it was when this program was built.
pub fn named(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).or_else(|_| TimeZoneDatabase::bundled().get(name)).ok()
}

/// The name of the zone that this machine is set to; UTC where it has none.
pub fn here() -> String {
    TimeZone::system().iana_name().filter(|name| named(name).is_some()).unwrap_or("UTC").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_zone_wherever_this_runs() {
        assert!(named("Europe/Vienna").is_some() && named("Europe/Nowhere").is_none());
        assert!(named(&here()).is_some());
    }
}
