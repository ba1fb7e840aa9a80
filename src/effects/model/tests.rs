//! Questions to a small server on this machine, and everything that may go wrong on the way.
#![expect(clippy::disallowed_methods, reason = "writes the certificates the tests name")]

#[path = "../../../tests/it/harness/api.rs"]
mod api;

use super::*;
use crate::effects::{Cause, Error, Mask, Stop};
use crate::language::plan::{ModelSettings, PromptMessage, Question};
use crate::platform::clock::{Clock, System};
use api::{Api, Piece, answer, beginning, chunks, end, ending, event, refusal, response, stream_head};
use serde_json::json;
use std::time::Duration;

const SECRET: &str = "sk-ant-hunter22";
/// Far beyond what anything takes.
const LONG: Duration = Duration::from_secs(60);

fn settings(url: String) -> Settings {
    Settings { url, model: "claude-usual".to_owned(), max_tokens: 99, timeout: LONG, ca_file: None }
}

fn question() -> Question {
    let message = PromptMessage { role: "user".to_owned(), text: "How are you?".to_owned() };
    Question { messages: vec![message], ..Question::default() }
}

/// The answer, and what was passed on while it came.
fn ask_within(url: String, timeout: Duration) -> (Result<Answer, Error>, String) {
    let (settings, question, mask) = (settings(url), question(), Mask::new([SECRET]));
    let call = Call { settings: &settings, key: SECRET, question: &question, timeout, mask: &mask };
    let mut passed_on = Vec::new();
    let result = ask(&call, &mut |text| passed_on.extend_from_slice(text), &Stop::new().unwrap());
    (result, String::from_utf8(passed_on).unwrap())
}

fn ask_of(api: &Api) -> (Result<Answer, Error>, String) {
    ask_within(api.url(), LONG)
}

#[test]
fn an_answer_is_the_same_however_it_is_split() {
    let text = "Grüße, 世界! \"quoted\"\n\n- and a list 🦀";
    let events = beginning(text) + &ending("end_turn");
    for size in [1, 2, 3, 5, 17, 1000, usize::MAX] {
        let api = Api::with(vec![[stream_head(), chunks(events.as_bytes(), size), end()].concat()]);
        let (answer, passed_on) = ask_of(&api);
        let answer = answer.unwrap();
        assert_eq!((answer.text.as_str(), passed_on.as_str()), (text, text), "in pieces of {size}");
        assert_eq!((answer.model.as_str(), answer.stop_reason.as_str()), ("claude-test", "end_turn"));
        assert_eq!(answer.usage, Usage { input_tokens: 12, output_tokens: 34 });
    }
}

#[test]
fn the_request_carries_the_key_and_the_version() {
    let api = Api::with(vec![answer("Well.")]);
    ask_within(format!("{}/", api.url()), LONG).0.unwrap();
    let request = api.requests().remove(0);
    assert_eq!(request.path, "/v1/messages");
    let header = |name: &str| request.headers.get(name).map(String::as_str);
    assert_eq!((header("x-api-key"), header("anthropic-version")), (Some(SECRET), Some("2023-06-01")));
    assert_eq!(header("content-type"), Some("application/json"));
    assert_eq!((&request.body["stream"], &request.body["model"]), (&json!(true), &json!("claude-usual")));
    assert_eq!(request.asked(), "How are you?");
}

#[test]
fn text_is_passed_on_while_it_comes() {
    let api = Api::with(vec![
        [stream_head(), chunks(beginning("Hello, you").as_bytes(), 9), vec![Piece::Hold]].concat(),
    ]);
    let (settings, question, mask) = (settings(api.url()), question(), Mask::default());
    let call = Call { settings: &settings, key: SECRET, question: &question, timeout: LONG, mask: &mask };
    let (stop, mut passed_on) = (Stop::new().unwrap(), String::new());
    // The answer never ends: that all of it was seen is what ends the call.
    let mut on_text = |text: &[u8]| {
        passed_on.push_str(std::str::from_utf8(text).unwrap());
        if passed_on == "Hello, you" {
            stop.request(Cause::Cancelled);
        }
    };
    assert_eq!(ask(&call, &mut on_text, &stop).unwrap_err().kind, "stopped");
}

#[test]
fn a_secret_in_an_answer_is_masked_before_anybody_sees_it() {
    let events = beginning(&format!("It is {SECRET}, I think.")) + &ending("end_turn");
    let api = Api::with(vec![[stream_head(), chunks(events.as_bytes(), 40), end()].concat()]);
    let (answer, passed_on) = ask_of(&api);
    assert_eq!(answer.unwrap().text, "It is ***, I think.");
    assert_eq!(passed_on, "It is ***, I think.");
}

#[test]
fn a_busy_api_is_asked_again() {
    let date = "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    let busy = |status| refusal(status, "retry-after: 0\r\n", "Overloaded");
    let overloaded =
        event(&json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Busy" } }));
    for answers in [
        vec![refusal(429, date, "Slow down"), answer("ok")],
        vec![busy(529), busy(529), busy(529), answer("ok")],
        vec![busy(500), busy(502), busy(503), busy(504), answer("ok")],
        vec![[stream_head(), chunks(overloaded.as_bytes(), 5), end()].concat(), answer("ok")],
        // Lost before the first byte.
        vec![vec![], answer("ok")],
    ] {
        let expected = answers.len();
        let api = Api::with(answers);
        assert_eq!(ask_of(&api).0.unwrap().text, "ok");
        assert_eq!(api.requests().len(), expected);
    }
}

#[test]
fn an_api_that_stays_busy_is_told() {
    let api = Api::with(vec![refusal(529, "retry-after: 0\r\n", "Overloaded")]);
    let error = ask_of(&api).0.unwrap_err();
    let says =
        format!("the model's API at {} could not answer (529): Overloaded (after 5 attempts)", api.url());
    assert_eq!((error.kind, error.message), ("model_unavailable", says));
    assert_eq!(api.requests().len(), 5);
}

#[test]
fn what_would_come_too_late_is_not_waited_for() {
    let api = Api::with(vec![refusal(429, "retry-after: 3600\r\n", "Slow down")]);
    let error = ask_of(&api).0.unwrap_err();
    assert_eq!((error.kind, api.requests().len()), ("model_unavailable", 1));
    assert!(error.message.ends_with("(429): Slow down; the next attempt would be too late"), "{error}");
}

#[test]
fn what_asking_again_does_not_mend_is_told_at_once() {
    let html = "content-type: text/html\r\n";
    let garbage = [stream_head(), chunks(b"once upon a time\nthere was no event", 7), end()].concat();
    let no_json = [stream_head(), chunks(b"data: {\"type\": \n\n", 7), end()].concat();
    for (answer, kind, says, hint) in [
        (
            refusal(401, "", "invalid x-api-key"),
            "secret",
            "does not accept the key in ANTHROPIC_API_KEY (401): invalid x-api-key",
            "set ANTHROPIC_API_KEY",
        ),
        (
            refusal(400, "", "max_tokens: too large"),
            "model_error",
            "refused (400): max_tokens: too large",
            "",
        ),
        (
            refusal(404, "", "model: x"),
            "model_error",
            "does not know what was asked for (404): model: x",
            "check the model's name",
        ),
        (
            refusal(413, "", "too long"),
            "model_error",
            "takes no question of this size (413): too long",
            "ask about less",
        ),
        (response(403, html, "<h1>\n Go\n away</h1>"), "model_error", "refused (403): <h1> Go away</h1>", ""),
        (response(418, "", ""), "model_error", "refused (418): nothing more was said", ""),
        (
            response(301, "location: https://elsewhere.example\r\n", ""),
            "model_error",
            "is not there (301), but at https://elsewhere.example",
            "set `model.url`",
        ),
        (
            response(200, html, "<p>Welcome</p>"),
            "model_error",
            "answered with text/html where a stream of events was due: <p>Welcome</p>",
            "",
        ),
        (garbage, "model_error", "answered with what is no message: once upon a time there was no event", ""),
        (
            no_json,
            "model_error",
            "sent an event that can't be read (EOF while parsing a value at line 1 column 9): {\"type\":",
            "",
        ),
    ] {
        let api = Api::with(vec![answer]);
        let error = ask_of(&api).0.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert_eq!(error.message, format!("the model's API at {} {says}", api.url()));
        assert!(hint.is_empty() || error.hints[0].starts_with(hint), "{:?}", error.hints);
        assert_eq!(api.requests().len(), 1, "{says}");
    }
}

#[test]
fn what_is_no_http_is_told() {
    let api = Api::with(vec![vec![Piece::Send(b"220 mail.example.org ESMTP\r\n\r\n".to_vec())]]);
    let error = ask_of(&api).0.unwrap_err();
    assert_eq!((error.kind, api.requests().len()), ("model_error", 1), "{error}");
    let nothing = ask_within("nonsense".to_owned(), LONG).0.unwrap_err();
    assert_eq!(nothing.kind, "model_error", "{nothing}");
}

#[test]
fn half_an_answer_is_none_and_is_not_asked_for_again() {
    let overloaded =
        event(&json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Busy" } }));
    for (rest, says) in [
        (vec![], "broke its answer off: "),
        (end(), "ended its answer in the middle"),
        (chunks(overloaded.as_bytes(), 11), "broke its answer off: Busy (overloaded_error)"),
    ] {
        let api =
            Api::with(vec![[stream_head(), chunks(beginning("It began").as_bytes(), 30), rest].concat()]);
        let (error, passed_on) = ask_of(&api);
        let error = error.unwrap_err();
        assert_eq!((error.kind, passed_on.as_str()), ("model_unavailable", "It began"), "{error}");
        assert!(error.message.contains(says), "{error}");
        assert_eq!(api.requests().len(), 1, "{says}");
    }
}

#[test]
fn nobody_there_is_told_after_a_few_attempts() {
    // A port that was free a moment ago.
    let url = Api::with(vec![vec![]]).url();
    let (error, _) = ask_within(url, Duration::from_secs(2));
    let error = error.unwrap_err();
    assert_eq!(error.kind, "model_unavailable");
    assert!(error.message.contains("can't be reached"), "{error}");
}

#[test]
fn a_stop_or_the_end_of_its_time_ends_a_call_at_once() {
    let slow = || [stream_head(), chunks(b"data: {\"ty", 3), vec![Piece::Hold]].concat();
    for silent in [vec![Piece::Hold], slow(), refusal(529, "retry-after: 50\r\n", "Busy")] {
        let api = Api::with(vec![silent.clone()]);
        let begin = System.monotonic();
        let (settings, question, mask) = (settings(api.url()), question(), Mask::default());
        let call = Call { settings: &settings, key: SECRET, question: &question, timeout: LONG, mask: &mask };
        let stop = Stop::new().unwrap();
        let error = std::thread::scope(|scope| {
            let waiting = scope.spawn(|| ask(&call, &mut |_| {}, &stop).unwrap_err());
            while api.requests().is_empty() {
                std::thread::yield_now();
            }
            stop.request(Cause::Shutdown);
            waiting.join().unwrap()
        });
        assert_eq!(error.kind, "stopped");
        assert!(System.monotonic().saturating_sub(begin) < LONG / 2, "{silent:?}");
    }
    for silent in [vec![Piece::Hold], slow()] {
        let api = Api::with(vec![silent]);
        let error = ask_within(api.url(), Duration::from_millis(300)).0.unwrap_err();
        assert_eq!(error.kind, "timeout");
        assert!(error.message.ends_with("had not answered in time"), "{error}");
    }
}

#[test]
fn slow_bytes_and_large_answers_come_through() {
    let events = beginning("Slowly.") + &ending("end_turn");
    let slowly = chunks(events.as_bytes(), 60)
        .into_iter()
        .flat_map(|piece| [Piece::Wait(Duration::from_millis(10)), piece]);
    let api = Api::with(vec![[stream_head(), slowly.collect(), end()].concat()]);
    assert_eq!(ask_of(&api).0.unwrap().text, "Slowly.");

    let text = "0123456789abcdef".repeat(200_000);
    let api = Api::with(vec![answer(&text)]);
    assert!(ask_of(&api).0.unwrap().text == text);
}

fn obtain_of(api: &Api) -> Obtained<String> {
    let (settings, question, mask) = (settings(api.url()), question(), Mask::default());
    let call = Call { settings: &settings, key: SECRET, question: &question, timeout: LONG, mask: &mask };
    let read = |words: &str| {
        if words.starts_with("yes") {
            Ok(words.to_owned())
        } else {
            Err(format!("expected yes, got {words}"))
        }
    };
    obtain(&call, &read, &mut |_| {}, &Stop::new().unwrap())
}

#[test]
fn an_answer_that_does_not_fit_goes_back_with_what_is_wrong() {
    let api = Api::with(vec![answer("no"), answer("maybe"), answer("yes!")]);
    let obtained = obtain_of(&api);
    assert_eq!(obtained.result.unwrap(), "yes!");
    assert_eq!(obtained.usage, Usage { input_tokens: 36, output_tokens: 102 });
    let last = api.requests().pop().unwrap();
    let said: Vec<&str> = last.body["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|said| said["content"].as_str().unwrap())
        .collect();
    assert_eq!((said[0], said[1], said[3]), ("How are you?", "no", "maybe"));
    assert!(said[4].contains("expected yes, got maybe"), "{}", said[4]);
}

#[test]
fn one_that_never_fits_is_refused_with_what_it_took() {
    let api = Api::with(vec![answer("no")]);
    let Obtained { result, usage } = obtain_of(&api);
    let error = result.unwrap_err();
    assert_eq!((error.kind, usage.output_tokens, api.requests().len()), ("refused", 102, 3));
    assert_eq!(error.message, "claude-test gave no answer that fits in 3 tries: expected yes, got no");
}

#[test]
fn an_answer_that_was_cut_or_declined_is_none() {
    for (reason, kind) in [("max_tokens", "model_error"), ("refusal", "refused")] {
        let events = beginning("yes, but") + &ending(reason);
        let api = Api::with(vec![[stream_head(), chunks(events.as_bytes(), 99), end()].concat()]);
        let Obtained { result, usage } = obtain_of(&api);
        assert_eq!((result.unwrap_err().kind, usage.input_tokens), (kind, 12));
    }
}

#[test]
fn the_settings_of_a_question_go_over_the_configured_ones() {
    let api = Api::with(vec![answer("Well.")]);
    let (settings, mask) = (settings(api.url()), Mask::default());
    let own = ModelSettings { model: Some("claude-other".to_owned()), ..ModelSettings::default() };
    let question = Question { settings: own, ..question() };
    let call = Call { settings: &settings, key: SECRET, question: &question, timeout: LONG, mask: &mask };
    ask(&call, &mut |_| {}, &Stop::new().unwrap()).unwrap();
    let body = &api.requests()[0].body;
    assert_eq!((&body["model"], &body["max_tokens"]), (&json!("claude-other"), &json!(99)));
}

#[test]
fn certificates_that_cannot_be_trusted_are_told_before_anything_is_sent() {
    let api = Api::with(Vec::new());
    let folder = tempfile::tempdir().unwrap();
    let (question, mask) = (question(), Mask::default());
    for (content, says) in [
        (None, "No such file or directory"),
        (Some("no PEM"), "there is no certificate in it"),
        (Some("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"), "PEM"),
    ] {
        let path = folder.path().join("ca.pem");
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        let settings = Settings { ca_file: Some(path), ..settings(api.url()) };
        let call = Call { settings: &settings, key: SECRET, question: &question, timeout: LONG, mask: &mask };
        let error = ask(&call, &mut |_| {}, &Stop::new().unwrap()).unwrap_err();
        assert!(error.message.contains("is not asked: ") && error.message.contains(says), "{error:?}");
    }
    assert!(api.requests().is_empty());
}
