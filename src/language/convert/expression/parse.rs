//! Tokens to tree, by precedence.

use super::tokens::{Token, tokens};
use super::tree::{Binary, Expr};

/// Brackets in brackets.
const DEPTH_MAX: usize = 48;
/// What a person would call an expression.
const BYTES_MAX: usize = 16 * 1024;

/// Whose expressions they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::language::convert) enum Dialect {
    /// Names may have hyphens, and nothing is subtracted.
    Github,
    JavaScript,
}

/// The tree of an expression, or what is not understood about it.
pub(in crate::language::convert) fn parse(text: &str, dialect: Dialect) -> Result<Expr, String> {
    if text.len() > BYTES_MAX {
        return Err(format!("it has {} bytes", text.len()));
    }
    nested(text, dialect, 0)
}

fn nested(text: &str, dialect: Dialect, depth: usize) -> Result<Expr, String> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, dialect, depth };
    let expr = parser.choice()?;
    parser.take(";");
    match parser.peek() {
        None => Ok(expr),
        Some(token) => Err(format!("{} is not understood", shown(token))),
    }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Name(text) | Token::Number(text) => format!("`{text}`"),
        Token::Text(text) => format!("'{text}'"),
        Token::Template(_) => "a template".to_owned(),
        Token::Sign(sign) => format!("`{sign}`"),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    dialect: Dialect,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is_next(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(Token::Sign(next)) if *next == sign)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.is_next(sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.take(sign) {
            return Ok(());
        }
        let came = self.peek().map_or_else(|| "the end".to_owned(), shown);
        Err(format!("`{sign}` was expected where {came} comes"))
    }

    fn choice(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("its brackets are too deep".to_owned());
        }
        let condition = self.binary(0)?;
        let expr = if self.take("?") {
            let then = self.choice()?;
            self.expect(":")?;
            Expr::Choice(Box::new([condition, then, self.choice()?]))
        } else {
            condition
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn binary(&mut self, level: usize) -> Result<Expr, String> {
        const LEVELS: [&[(&str, Binary)]; 6] = [
            &[("||", Binary::Or), ("??", Binary::Or)],
            &[("&&", Binary::And)],
            &[
                ("===", Binary::Equal),
                ("!==", Binary::Unequal),
                ("==", Binary::Equal),
                ("!=", Binary::Unequal),
            ],
            &[
                ("<=", Binary::LessOrEqual),
                (">=", Binary::GreaterOrEqual),
                ("<", Binary::Less),
                (">", Binary::Greater),
            ],
            &[("+", Binary::Plus), ("-", Binary::Minus)],
            &[("*", Binary::Times), ("/", Binary::Divide), ("%", Binary::Modulo)],
        ];
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        let mut length = 0;
        while let Some((_, operator)) = operators.iter().find(|(sign, _)| self.is_next(sign)) {
            self.at += 1;
            length += 1;
            if length > 4 * DEPTH_MAX {
                return Err("it goes on for too long".to_owned());
            }
            left = Expr::Binary(*operator, Box::new(left), Box::new(self.binary(level + 1)?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr, String> {
        let mut signs = Vec::new();
        while self.is_next("!") || self.is_next("-") {
            signs.push(self.is_next("!"));
            self.at += 1;
        }
        if signs.len() > DEPTH_MAX {
            return Err("it goes on for too long".to_owned());
        }
        let expr = self.postfix()?;
        let wrap = |expr, is_not: &bool| {
            if *is_not { Expr::Not(Box::new(expr)) } else { Expr::Minus(Box::new(expr)) }
        };
        Ok(signs.iter().rev().fold(expr, wrap))
    }

    fn postfix(&mut self) -> Result<Expr, String> {
        let mut expr = self.primary()?;
        for _ in 0..DEPTH_MAX {
            if self.take(".") || self.take("?.") {
                expr = match self.peek().cloned() {
                    Some(Token::Name(name)) => {
                        self.at += 1;
                        Expr::Member(Box::new(expr), self.hyphenated(name))
                    }
                    Some(Token::Sign("*")) => {
                        self.at += 1;
                        Expr::Each(Box::new(expr))
                    }
                    _ => return Err("a name was expected behind `.`".to_owned()),
                };
            } else if self.take("[") {
                let index = self.choice()?;
                self.expect("]")?;
                expr = Expr::Index(Box::new(expr), Box::new(index));
            } else if self.take("(") {
                expr = Expr::Call(Box::new(expr), self.list(")")?);
            } else {
                return Ok(expr);
            }
        }
        Err("it goes on for too long".to_owned())
    }

    /// `unit-tests` behind a dot is one name where nobody subtracts.
    fn hyphenated(&mut self, mut name: String) -> String {
        while self.dialect == Dialect::Github
            && self.is_next("-")
            && let Some(Token::Name(more) | Token::Number(more)) = self.tokens.get(self.at + 1)
        {
            name = format!("{name}-{more}");
            self.at += 2;
        }
        name
    }

    fn list(&mut self, end: &str) -> Result<Vec<Expr>, String> {
        let mut items = Vec::new();
        while !self.take(end) {
            items.push(self.choice()?);
            if !self.take(",") {
                self.expect(end)?;
                return Ok(items);
            }
        }
        Ok(items)
    }

    fn primary(&mut self) -> Result<Expr, String> {
        if let Some(parameters) = self.parameters() {
            if self.is_next("{") {
                return Err("a function with statements is not understood".to_owned());
            }
            return Ok(Expr::Function(parameters, Box::new(self.choice()?)));
        }
        let Some(token) = self.peek().cloned() else { return Err("it ends too early".to_owned()) };
        self.at += 1;
        match token {
            Token::Number(text) => Ok(Expr::Number(text)),
            Token::Text(text) => Ok(Expr::Text(text)),
            Token::Template(parts) => self.template(parts),
            Token::Name(name) => Ok(match name.as_str() {
                "true" => Expr::Bool(true),
                "false" => Expr::Bool(false),
                "null" | "undefined" => Expr::Null,
                _ => Expr::Name(name),
            }),
            Token::Sign("(") => {
                let inner = self.choice()?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Sign("[") => self.list("]").map(Expr::List),
            Token::Sign("{") => self.object(),
            Token::Sign(sign) => Err(format!("`{sign}` is not understood here")),
        }
    }

    fn template(&mut self, parts: Vec<(String, Option<String>)>) -> Result<Expr, String> {
        let mut pieces = Vec::new();
        for (text, inner) in parts {
            if !text.is_empty() {
                pieces.push(Expr::Text(text));
            }
            if let Some(inner) = inner {
                pieces.push(nested(&inner, self.dialect, self.depth + 1)?);
            }
        }
        Ok(Expr::Template(pieces))
    }

    fn object(&mut self) -> Result<Expr, String> {
        let mut entries = Vec::new();
        while !self.take("}") {
            let Some(Token::Name(key) | Token::Text(key) | Token::Number(key)) = self.peek().cloned() else {
                return Err("a name was expected in `{}`".to_owned());
            };
            self.at += 1;
            let value = if self.take(":") { self.choice()? } else { Expr::Name(key.clone()) };
            entries.push((key, value));
            if !self.take(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(Expr::Object(entries))
    }

    /// The parameters of an arrow function, where one starts here.
    fn parameters(&mut self) -> Option<Vec<String>> {
        let mut at = self.at;
        let mut parameters = Vec::new();
        if self.is_next("(") {
            at += 1;
            while let Some(Token::Name(name)) = self.tokens.get(at) {
                parameters.push(name.clone());
                at += 1;
                if self.tokens.get(at) != Some(&Token::Sign(",")) {
                    break;
                }
                at += 1;
            }
            if self.tokens.get(at) != Some(&Token::Sign(")")) {
                return None;
            }
            at += 1;
        } else if let Some(Token::Name(name)) = self.peek() {
            parameters.push(name.clone());
            at += 1;
        }
        if self.tokens.get(at) != Some(&Token::Sign("=>")) {
            return None;
        }
        self.at = at + 1;
        Some(parameters)
    }
}
