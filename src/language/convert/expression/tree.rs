//! The tree.

#[derive(Debug, Clone, PartialEq)]
pub(in crate::language::convert) enum Expr {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    Text(String),
    /// `` `a ${b}` ``
    Template(Vec<Expr>),
    List(Vec<Expr>),
    Object(Vec<(String, Expr)>),
    Name(String),
    Member(Box<Expr>, String),
    Index(Box<Expr>, Box<Expr>),
    /// `a.*`
    Each(Box<Expr>),
    Call(Box<Expr>, Vec<Expr>),
    Not(Box<Expr>),
    Minus(Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// Condition, then, else.
    Choice(Box<[Expr; 3]>),
    /// `x => ...`
    Function(Vec<String>, Box<Expr>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::language::convert) enum Binary {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
}

/// One step of a path behind its first name.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::language::convert) enum Part<'a> {
    Name(&'a str),
    Index(&'a Expr),
}

/// `a.b['c'][0]` as its first name and what follows.
pub(in crate::language::convert) fn path(expr: &Expr) -> Option<(&str, Vec<Part<'_>>)> {
    let mut parts = Vec::new();
    let mut at = expr;
    loop {
        match at {
            Expr::Name(name) => {
                parts.reverse();
                return Some((name, parts));
            }
            Expr::Member(inner, name) => {
                parts.push(Part::Name(name));
                at = inner;
            }
            Expr::Index(inner, index) => {
                parts.push(match &**index {
                    Expr::Text(name) => Part::Name(name),
                    other => Part::Index(other),
                });
                at = inner;
            }
            _ => return None,
        }
    }
}
