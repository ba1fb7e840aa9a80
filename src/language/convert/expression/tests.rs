//! What expressions become, with names that mean themselves.

use super::{Dialect, Expr, Meaning, Part, Piece, Why, parse, path, test, write};
use crate::language::expression::{Mode, analyse};

struct Plain;

impl Meaning for Plain {
    fn path(&mut self, root: &str, parts: &[Part<'_>]) -> Result<Piece, Why> {
        let mut piece = Piece::atom(root);
        for part in parts {
            piece = match part {
                Part::Name(name) => piece.member(name),
                Part::Index(index) => piece.index(&write(index, self)?),
            };
        }
        Ok(piece)
    }

    fn call(&mut self, function: &Expr, _: &[Expr]) -> Result<Piece, Why> {
        Err(path(function).map_or("what?", |(name, _)| if name == "f" { "f" } else { "other" }).to_owned())
    }
}

fn written(text: &str) -> String {
    let piece = parse(text, Dialect::Github).and_then(|expr| test(&expr, &mut Plain));
    if let Ok(piece) = &piece {
        assert!(analyse(&piece.text, Mode::Expression).is_ok(), "{}", piece.text);
    }
    piece.map_or_else(|why| format!("! {why}"), |piece| piece.text)
}

#[test]
fn operators_keep_their_meaning() {
    for (from, to) in [
        ("a.b == 'x' && !c || d", "a.b == 'x' and not c or d"),
        ("(a || b) && c", "(a or b) and c"),
        ("!(a && b)", "not (a and b)"),
        ("!!a", "a"),
        ("a === 1 ? 'it''s' : \"no\"", "'it\\'s' if a == 1 else 'no'"),
        ("a['b c'][0].d-e", "a['b c'][0]['d-e']"),
        ("a - (b - c) * 2", "a - (b - c) * 2"),
        ("a - b - c", "a - b - c"),
        ("`x ${a + 1} y`", "'x ' ~ (a + 1) ~ ' y'"),
        ("[1, 2.5, {a: null}]", "[1, 2.5, {'a': none}]"),
        ("true && a", "a"),
        ("(a == b) == c", "(a == b) == c"),
        ("-a * 2", "-a * 2"),
    ] {
        assert_eq!(written(from), to, "{from}");
    }
}

#[test]
fn what_is_not_understood_says_so() {
    for (from, why) in [
        ("a ==", "! it ends too early"),
        ("f(a)", "! f"),
        ("x => { y }", "! a function with statements is not understood"),
        ("a.*", "! `.*` has no counterpart"),
        ("'open", "! a text has no end"),
        ("a b", "! `b` is not understood"),
        ("#", "! `#` is not understood"),
        ("", "! it ends too early"),
    ] {
        assert_eq!(written(from), why, "{from}");
    }
    for deep in [
        "(".repeat(5000),
        "!".repeat(5000),
        "a.".repeat(5000),
        "a+".repeat(5000),
        "[".repeat(9000),
        "a?".repeat(800),
    ] {
        assert!(written(&deep).starts_with('!'));
    }
}
