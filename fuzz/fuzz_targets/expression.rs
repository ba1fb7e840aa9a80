//! A template and what it may see: whatever it does, it ends within its fuel and its output, twice the same, and an error
//! has its place in the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use wfmcp::language::expression::{
    Error, Mode, Scope, analyse, blocks, evaluate, references, render, render_env, render_shell, resolve,
    shell_holes, truth,
};
use wfmcp::language::plan::TEMPLATE_OUTPUT_MAX;

fuzz_target!(|data: &[u8]| {
    let Some([template, values]) = wfmcp_fuzz::texts(data) else { return };
    let Ok(Value::Object(values)) = serde_json::from_str(if values.is_empty() { "{}" } else { values })
    else {
        return;
    };
    let mut scope = Scope::new();
    for (name, value) in &values {
        scope.insert(name, value);
    }
    scope.declare_secrets(["TOKEN"]);

    for mode in [Mode::Template, Mode::Shell, Mode::Expression] {
        let _ = placed(analyse(template, mode), template);
        let _ = placed(references(template, mode), template);
    }
    let _ = placed(blocks(template), template);
    let _ = placed(shell_holes(template), template);
    let _ = placed(truth(template, &scope), template);

    let evaluated = placed(evaluate(template, &scope), template);
    assert_eq!(evaluated, evaluate(template, &scope), "an expression is the same every time");
    let whole = Value::from(template);
    assert_eq!(resolve(&whole, &scope), resolve(&whole, &scope), "a value is the same every time");

    for rendered in
        [placed(render(template, &scope), template), placed(render_shell(template, &scope), template)]
    {
        let limit = TEMPLATE_OUTPUT_MAX.max(template.len());
        assert!(rendered.is_err() || rendered.is_ok_and(|text| text.len() <= limit), "it wrote too much");
    }
    assert_eq!(render(template, &scope), render(template, &scope), "a text is the same every time");
    if let Ok(text) = placed(render_env(template, &scope), template) {
        assert!(text.secrets().all(|name| name == "TOKEN"), "{text:?} has only what was declared");
    }
});

/// An error is about words of the text.
fn placed<T>(result: Result<T, Error>, template: &str) -> Result<T, Error> {
    if let Err(Error { range: Some(range), .. }) = &result {
        assert!(template.get(range.clone()).is_some(), "{range:?} is no place in {template:?}");
    }
    result
}
