//! What is hidden, what is left alone, and that pieces make no difference.

use super::*;
use proptest::prelude::*;

fn masked(secrets: &[&str], text: &str) -> String {
    Mask::new(secrets).mask(text).into_owned()
}

#[test]
fn values_and_their_common_forms_are_hidden() {
    for (secret, text, expected) in [
        ("hunter22", "the password is hunter22!", "the password is ***!"),
        ("hunter22", "hunter22hunter22", "***"),
        ("a\"b\\c d", r#"{"x":"a\"b\\c d"}"#, r#"{"x":"***"}"#),
        ("p@ss/word", "https://u:p%40ss%2Fword@h and p%40ss/word", "https://u:***@h and ***"),
        ("line one\nline two\n", "> line two", "> ***"),
        ("{\n  \"key\": \"k-1\"\n}", "f() {\n}\n\"key\": \"k-1\"", "f() {\n}\n***"),
        ("hunter22", "aHVudGVyMjI=", "***I="),
        // `user:hunter22` and `us:hunter22`, as a header carries them.
        ("hunter22", "Basic dXNlcjpodW50ZXIyMg==", "Basic dXNlcjp***g=="),
        ("hunter22", "Basic dXM6aHVudGVyMjI=", "Basic dXM6***I="),
        ("é-secret", "see é-secret.", "see ***."),
        ("é🔑-secret", r#"{"x":"\u00e9\ud83d\udd11-secret"}"#, r#"{"x":"***"}"#),
    ] {
        assert_eq!(masked(&[secret], text), expected, "{secret:?} in {text:?}");
    }
}

#[test]
fn short_secrets_are_masked_as_whole_words() {
    assert_eq!(masked(&["7"], "7 of 17, x=7, 70"), "*** of 17, x=***, 70");
    assert_eq!(masked(&[""], "anything"), "anything");
}

#[test]
fn overlapping_secrets_leave_no_rest() {
    assert_eq!(masked(&["abcd", "cdefgh"], "-abcdefgh-"), "-***-");
    assert_eq!(masked(&["abcd", "abcdefgh"], "-abcdefgh-abcdef"), "-***-***ef");
}

#[test]
fn what_becomes_known_later_is_hidden_from_then_on() {
    let known = Known::default();
    assert_eq!(known.mask("hunter22"), "hunter22");
    known.add(["hunter22"]);
    known.add(["other-one"]);
    assert_eq!(known.mask("hunter22 other-one"), "*** ***");
}

#[test]
fn debug_does_not_tell() {
    assert!(!format!("{:?}", Mask::new(["hunter22"])).contains("hunter"));
}

proptest! {
    #[test]
    fn pieces_make_no_difference(
        text in "[ab ]{0,60}",
        secrets in proptest::collection::vec("[ab]{1,9}", 0..4),
        cuts in proptest::collection::vec(0usize..60, 0..8),
    ) {
        let mask = Mask::new(&secrets);
        let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut <= text.len()).collect();
        cuts.sort_unstable();
        cuts.push(text.len());
        let (mut stream, mut out, mut from) = (mask.stream(), Vec::new(), 0);
        for cut in cuts {
            stream.push(&text.as_bytes()[from..cut], &mut out);
            from = cut;
        }
        stream.finish(&mut out);
        prop_assert_eq!(String::from_utf8(out).unwrap(), mask.mask(&text).into_owned());
        for secret in secrets.iter().filter(|secret| secret.len() >= WORD_BELOW) {
            prop_assert!(!mask.mask(&text).contains(secret.as_str()));
        }
    }
}
