//! The table as text.

use super::rounds::{Measured, Unit};

pub fn head() -> String {
    let head = format!(
        "{:<44} {:>10}  {:<44} {:>10} {:>7}  {}",
        "what", "wfmcp", "against", "floor", "ratio", "aim"
    );
    format!("{head}\n{}", "-".repeat(head.chars().count() + 8))
}

pub fn lines(row: &Measured) -> String {
    let tell = |amount| match row.unit {
        Unit::Seconds => time(amount),
        Unit::Bytes => format!("{:.1} MiB", amount / 1024.0 / 1024.0),
    };
    let mut lines = Vec::new();
    for (at, floor) in row.floors.iter().enumerate() {
        let (what, ours) = if at == 0 { (row.what.as_str(), tell(row.ours)) } else { ("", String::new()) };
        lines.push(format!(
            "{what:<44} {ours:>10}  {:<44} {:>10} {:>7.2}  {}",
            floor.what,
            tell(floor.amount),
            floor.ratio,
            floor.aim
        ));
    }
    lines.join("\n")
}

fn time(seconds: f64) -> String {
    let us = seconds * 1e6;
    match us {
        us if us < 1.0 => format!("{:.0} ns", us * 1e3),
        us if us < 1e3 => format!("{us:.1} us"),
        us if us < 1e6 => format!("{:.2} ms", us / 1e3),
        us => format!("{:.2} s", us / 1e6),
    }
}
