//! Durations and times as authors write them: `90s`, `1h30m`, `2026-11-20T10:00:00Z`.

/// Milliseconds of `500ms`, `10s`, `1h30m`, `2d`; otherwise what to write instead.
pub fn parse_ms(text: &str) -> Result<u64, String> {
    const USUAL: &str = "write a number with its unit, such as `500ms`, `90s`, `15m`, `1h30m` or `2d`";
    let text = text.trim();
    if text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() {
        return Err(format!("add the unit: `{text}s` for seconds, `{text}m` for minutes"));
    }
    let mut total: u64 = 0;
    let mut rest = text;
    let mut units = Vec::new();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, behind) = rest.split_at(digits);
        let letters = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(letters);
        let Some(unit_ms) = unit_ms(unit) else { return Err(USUAL.to_owned()) };
        if units.last().is_some_and(|&last| last <= unit_ms) {
            return Err("write the larger unit first and each unit once, such as `1h30m`".to_owned());
        }
        units.push(unit_ms);
        let part = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit_ms));
        total =
            part.and_then(|part| total.checked_add(part)).ok_or_else(|| "write a shorter time".to_owned())?;
        rest = behind;
    }
    if units.is_empty() { Err(USUAL.to_owned()) } else { Ok(total) }
}

fn unit_ms(unit: &str) -> Option<u64> {
    Some(match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        _ => return None,
    })
}

/// As an author would write it, in its two largest units.
pub fn text(ms: impl TryInto<u64>) -> String {
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];
    let mut rest = ms.try_into().unwrap_or(0);
    let mut parts = Vec::new();
    for (size, name) in units {
        if rest >= size && parts.len() < 2 {
            parts.push(format!("{}{name}", rest / size));
            rest %= size;
        }
    }
    if parts.is_empty() { "no time".to_owned() } else { parts.concat() }
}

/// Milliseconds since 1970 of an RFC 3339 time.
pub fn parse_time(text: &str) -> Result<i64, String> {
    let time = text.trim().parse::<jiff::Timestamp>();
    time.map(jiff::Timestamp::as_millisecond)
        .map_err(|_| format!("expected a time such as 2026-11-20T10:00:00Z, got {text:?}"))
}
