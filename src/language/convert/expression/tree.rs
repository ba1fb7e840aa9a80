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

impl Expr {
    /// This expression and all that it holds.
    pub(in crate::language::convert) fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        visit(self);
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Name(_) => {}
            Self::Template(items) | Self::List(items) => items.iter().for_each(|item| item.walk(visit)),
            Self::Object(entries) => entries.iter().for_each(|(_, value)| value.walk(visit)),
            Self::Member(inner, _)
            | Self::Each(inner)
            | Self::Not(inner)
            | Self::Minus(inner)
            | Self::Function(_, inner) => inner.walk(visit),
            Self::Index(left, right) | Self::Binary(_, left, right) => {
                left.walk(visit);
                right.walk(visit);
            }
            Self::Call(function, arguments) => {
                function.walk(visit);
                for argument in arguments {
                    argument.walk(visit);
                }
            }
            Self::Choice(parts) => parts.iter().for_each(|part| part.walk(visit)),
        }
    }

    /// Whether anything in it is so.
    pub(in crate::language::convert) fn any(&self, is_so: impl Fn(&Expr) -> bool) -> bool {
        let mut found = false;
        self.walk(&mut |expr| found |= is_so(expr));
        found
    }
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
