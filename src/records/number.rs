//! Numbers as they are compared, and those that could not be kept as they were written: whole ones beyond 64 bits,
//! decimals with more digits than a double holds.

use super::error::{Error, Result};
use serde_json::{Number, Value};
use std::cmp::Ordering;

/// From here on not every whole number is a double.
pub const DOUBLE_WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// By their values: 1 is 1.0, and no digit of a long one is lost.
pub fn compare(a: &Number, b: &Number) -> Ordering {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => against(a, double(b)),
        (None, Some(b)) => against(b, double(a)).reverse(),
        (None, None) => double(a).total_cmp(&double(b)),
    }
}

/// The nearest double.
pub fn double(number: &Number) -> f64 {
    // Minus zero is zero.
    number.as_f64().unwrap_or(0.0) + 0.0
}

fn whole(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

#[expect(clippy::cast_possible_truncation, reason = "the whole part of a double below 2^65 fits")]
fn against(whole: i128, double: f64) -> Ordering {
    if double >= 36_893_488_147_419_103_232.0 {
        return Ordering::Less;
    }
    if double <= -36_893_488_147_419_103_232.0 {
        return Ordering::Greater;
    }
    let floor = double.floor();
    match whole.cmp(&(floor as i128)) {
        Ordering::Equal if double > floor => Ordering::Less,
        order => order,
    }
}

/// Every number of a value is one that is kept exactly. What came as JSON and did not fit 64 bits has become a double.
pub fn kept(value: &Value) -> Result<()> {
    match value {
        Value::Number(number) if number.is_f64() && double(number).abs() >= DOUBLE_WHOLE_MAX => {
            Err(not_kept(&number.to_string()))
        }
        Value::Array(items) => items.iter().try_for_each(kept),
        Value::Object(fields) => fields.values().try_for_each(kept),
        _ => Ok(()),
    }
}

/// Every number in a JSON text is one that reading and writing it does not change.
pub fn kept_in(text: &str) -> Result<()> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let is_of_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                let end =
                    bytes[at..].iter().position(|byte| !is_of_number(byte)).map_or(bytes.len(), |n| at + n);
                literal(&text[at..end])?;
                at = end;
            }
            _ => at += 1,
        }
    }
    Ok(())
}

/// One number as it is written.
pub fn literal(text: &str) -> Result<()> {
    let Ok(number) = text.parse::<Number>() else { return Ok(()) };
    if !number.is_f64() {
        return Ok(());
    }
    let is_same = digits(text) == digits(&number.to_string());
    if is_same && double(&number).abs() < DOUBLE_WHOLE_MAX { Ok(()) } else { Err(not_kept(text)) }
}

fn not_kept(text: &str) -> Error {
    Error::new(
        format!("the number {text} has more digits than are kept"),
        "write it as a text: whole numbers have up to 64 bits, decimals up to 15 digits or so",
    )
}

/// The digits that count, and the power of ten they stand at.
fn digits(text: &str) -> (bool, String, i64) {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.trim_start_matches('+').parse().unwrap_or(i64::MAX / 4);
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{before}{after}");
    let significant = all.trim_start_matches('0').trim_end_matches('0').to_owned();
    if significant.is_empty() {
        return (false, significant, 0);
    }
    let zeros = all.len() - all.trim_end_matches('0').len();
    let length = |n: usize| i64::try_from(n).unwrap_or(0);
    (negative, significant, exponent - length(after.len()) + length(zeros))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn long_numbers_are_compared_to_the_last_digit() {
        let order = |a: &str, b: &str| compare(&number(a), &number(b));
        assert_eq!(order("9007199254740993", "9007199254740992.0"), Ordering::Greater);
        assert_eq!(order("18446744073709551615", "-1"), Ordering::Greater);
        assert_eq!((order("1", "1.0"), order("-0.0", "0")), (Ordering::Equal, Ordering::Equal));
        assert_eq!((order("1", "1.5"), order("-1", "-1.5")), (Ordering::Less, Ordering::Greater));
        assert_eq!((order("1e300", "5"), order("-1e300", "5")), (Ordering::Greater, Ordering::Less));
    }

    #[test]
    fn what_would_change_is_refused() {
        for fine in
            ["1", "-0.5", "0.1", "1.50", "1e3", "18446744073709551615", "-9223372036854775808", "1e-300", "0"]
        {
            assert_eq!(
                kept_in(&format!(r#"{{"a":[{fine}],"b":"99999999999999999999999"}}"#)),
                Ok(()),
                "{fine}"
            );
        }
        for lost in ["18446744073709551616", "100000000000000000001", "0.12345678901234567891", "6.02e23"] {
            assert!(kept_in(&format!(r#"{{"a\"":{lost}}}"#)).is_err(), "{lost}");
        }
        assert!(kept(&json!({ "a": [1e20] })).is_err());
        assert_eq!(kept(&json!({ "a": [u64::MAX, 0.1, i64::MIN] })), Ok(()));
    }
}
