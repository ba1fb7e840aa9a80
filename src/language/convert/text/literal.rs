//! Texts that must stay as they are where templates are read.

/// A text of a template that holds no expressions of its own.
pub(in crate::language::convert) fn literal(text: &str) -> String {
    kept(text, &["{{", "{%", "{#"])
}

/// The same in a script, where `{#` is the shell's own.
pub(in crate::language::convert) fn literal_script(text: &str) -> String {
    kept(text, &["{{", "{%"])
}

fn kept(text: &str, openings: &[&str]) -> String {
    if !openings.iter().any(|opening| text.contains(opening)) {
        return text.to_owned();
    }
    // Inside `raw` only its own end means anything.
    let text = text.replace("endraw", "end raw");
    let mut kept = String::new();
    let mut rest = text.as_str();
    while let Some(at) = openings.iter().filter_map(|opening| rest.find(opening)).min() {
        let (before, opened) = rest.split_at(at);
        let closing = match opened.as_bytes().get(1) {
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => "}}",
        };
        let line = opened.find('\n').unwrap_or(opened.len());
        let end = opened[2..line].find(closing).map_or(2, |end| end + 2 + closing.len());
        let end = end + opened[end..].chars().take_while(|c| *c == '}').count();
        kept.push_str(before);
        kept.push_str("{% raw %}");
        kept.push_str(&opened[..end]);
        kept.push_str("{% endraw %}");
        rest = &opened[end..];
    }
    kept + rest
}

/// A text in an expression.
pub(in crate::language::convert) fn jinja_text(text: &str) -> String {
    let mut quoted = String::from("'");
    for c in text.chars() {
        match c {
            '\\' => quoted.push_str("\\\\"),
            '\'' => quoted.push_str("\\'"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::{jinja_text, literal, literal_script};
    use crate::language::expression::{Scope, render, render_shell};

    #[test]
    fn literals_come_out_as_they_went_in() {
        let scope = Scope::new();
        for text in
            ["{{.State}}", "a {{ b", "{% if %}{# x #}", "}} {{{x}}} {{", "${{ x }}\n{{y\n}}", "{{}}}}"]
        {
            assert_eq!(render(&literal(text), &scope).unwrap(), text, "{}", literal(text));
        }
        let script = "docker inspect -f '{{.Id}}' x; echo ${#x} {%";
        assert_eq!(render_shell(&literal_script(script), &scope).unwrap(), script);
        let text = "it's \\ \"x\"\n\t{{ }}";
        assert_eq!(render(&format!("{{{{ {} }}}}", jinja_text("it's \\\n")), &scope).unwrap(), "it's \\\n");
        assert_eq!(render(&literal(text), &scope).unwrap(), text);
    }
}
