//! What a URI names: something of wfmcp's own, or a file.

use std::fmt;

/// A resource, by what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    Config,
    Health,
    Project(String),
    Workflow(String),
    Entity {
        kind: String,
        name: String,
    },
    Run(String),
    RunLog {
        run: String,
        after: Option<u64>,
        limit: Option<u64>,
    },
    Artifact {
        run: String,
        name: String,
        from_byte: u64,
    },
    Action {
        run: String,
        action: String,
        from_byte: u64,
    },
    /// An absolute path.
    File(String),
}

impl Address {
    /// The reason is told to whoever wrote the URI.
    pub fn parse(uri: &str) -> Result<Self, String> {
        match uri {
            "config://server" => return Ok(Self::Config),
            "status://health" => return Ok(Self::Health),
            _ => {}
        }
        if let Some(path) = uri.strip_prefix("file://") {
            let path = path.strip_prefix("localhost").unwrap_or(path);
            let path = decoded(path).filter(|path| path.starts_with('/'));
            return path.map(Self::File).ok_or_else(|| format!("`{uri}` names no file: write file:///path"));
        }
        let Some(rest) = uri.strip_prefix("wfmcp://") else {
            return Err(format!(
                "`{uri}` is no resource of this server: it has wfmcp://, config://server, status://health and file:///"
            ));
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let parts: Option<Vec<String>> = path.split('/').map(decoded).collect();
        let parts = parts.filter(|parts| parts.iter().all(|part| !part.is_empty()));
        let parts =
            parts.ok_or_else(|| format!("`{uri}` has a part that is empty or not percent-encoded UTF-8"))?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let query = Query::parse(query)?;
        let address = match parts.as_slice() {
            ["projects", id] => Self::Project((*id).to_owned()),
            ["workflows", name] => Self::Workflow((*name).to_owned()),
            ["entities", kind, name] => Self::Entity { kind: (*kind).to_owned(), name: (*name).to_owned() },
            ["runs", run] => Self::Run((*run).to_owned()),
            ["runs", run, "log"] => {
                let (after, limit) = (query.number("after"), query.number("limit"));
                return query.only(&["after", "limit"]).map(|()| Self::RunLog {
                    run: (*run).to_owned(),
                    after,
                    limit,
                });
            }
            ["runs", run, kind @ ("artifacts" | "actions"), name] => {
                let (run, name, from_byte) =
                    ((*run).to_owned(), (*name).to_owned(), query.number("from_byte").unwrap_or(0));
                return query.only(&["from_byte"]).map(|()| match *kind {
                    "artifacts" => Self::Artifact { run, name, from_byte },
                    _ => Self::Action { run, action: name, from_byte },
                });
            }
            _ => {
                return Err(format!(
                    "`{uri}` names nothing: see resources/templates/list for what can be named"
                ));
            }
        };
        query.only(&[]).map(|()| address)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let beginning =
            |from_byte: &u64| if *from_byte > 0 { format!("?from_byte={from_byte}") } else { String::new() };
        match self {
            Self::Config => f.write_str("config://server"),
            Self::Health => f.write_str("status://health"),
            Self::Project(id) => write!(f, "wfmcp://projects/{}", Encoded(id)),
            Self::Workflow(name) => write!(f, "wfmcp://workflows/{}", Encoded(name)),
            Self::Entity { kind, name } => write!(f, "wfmcp://entities/{}/{}", Encoded(kind), Encoded(name)),
            Self::Run(run) => write!(f, "wfmcp://runs/{}", Encoded(run)),
            Self::RunLog { run, after, limit } => {
                let said = [("after", *after), ("limit", *limit)];
                let said = said.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
                let query = said.collect::<Vec<_>>().join("&");
                let mark = if query.is_empty() { "" } else { "?" };
                write!(f, "wfmcp://runs/{}/log{mark}{query}", Encoded(run))
            }
            Self::Artifact { run, name, from_byte } => {
                write!(f, "wfmcp://runs/{}/artifacts/{}{}", Encoded(run), Encoded(name), beginning(from_byte))
            }
            Self::Action { run, action, from_byte } => {
                write!(f, "wfmcp://runs/{}/actions/{}{}", Encoded(run), Encoded(action), beginning(from_byte))
            }
            Self::File(path) => {
                f.write_str("file://")?;
                path.split('/').skip(1).try_for_each(|part| write!(f, "/{}", Encoded(part)))
            }
        }
    }
}

/// What follows a `?`: numbers by name.
struct Query<'u>(Vec<(&'u str, u64)>);

impl<'u> Query<'u> {
    fn parse(text: &'u str) -> Result<Self, String> {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let number = pair.split_once('=').and_then(|(name, value)| Some((name, value.parse().ok()?)));
            number.ok_or_else(|| format!("`{pair}` is not understood: write name=number"))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn only(&self, names: &[&str]) -> Result<(), String> {
        match self.0.iter().find(|(name, _)| !names.contains(name)) {
            None => Ok(()),
            Some((name, _)) if names.is_empty() => {
                Err(format!("`{name}` is not understood: nothing follows here"))
            }
            Some((name, _)) => Err(format!("`{name}` is not understood: here go {}", names.join(" and "))),
        }
    }
}

/// A part of a path with everything but plain characters as `%XX`.
struct Encoded<'t>(&'t str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
                write!(f, "{}", char::from(byte))?;
            } else {
                write!(f, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_written_as_it_is_read() {
        for uri in [
            "config://server",
            "status://health",
            "wfmcp://projects/default",
            "wfmcp://workflows/a%20b%2Fc.yaml",
            "wfmcp://entities/vendor/a%2Fb",
            "wfmcp://runs/@last",
            "wfmcp://runs/r-1/log",
            "wfmcp://runs/r-1/log?after=3&limit=10",
            "wfmcp://runs/r-1/artifacts/build.1.stdout",
            "wfmcp://runs/r-1/actions/k7f3-1?from_byte=8000",
            "file:///etc/a%20b",
        ] {
            assert_eq!(Address::parse(uri).map(|address| address.to_string()).as_deref(), Ok(uri));
        }
        assert_eq!(Address::parse("file://localhost/x"), Ok(Address::File("/x".to_owned())));
        assert_eq!(Address::parse("wfmcp://workflows/%C3%A4"), Ok(Address::Workflow("ä".to_owned())));
    }

    #[test]
    fn what_names_nothing_says_so() {
        for uri in [
            "",
            "x",
            "http://example.org",
            "wfmcp://",
            "wfmcp://runs",
            "wfmcp://entities/vendor",
            "wfmcp://runs/",
            "wfmcp://runs//log",
            "wfmcp://runs/r-1/nothing",
            "wfmcp://runs/r-1?after=1",
            "wfmcp://runs/r-1/log?after=x",
            "wfmcp://runs/r-1/log?before=1",
            "wfmcp://workflows/%",
            "wfmcp://workflows/%ff",
            "wfmcp://workflows/%00",
            "file://relative/path",
            "file://",
            "config://other",
        ] {
            assert!(Address::parse(uri).is_err(), "{uri}");
        }
    }
}
