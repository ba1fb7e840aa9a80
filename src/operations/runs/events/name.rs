//! What an event is called.

use crate::language::plan::EVENT_NAME_MAX;
use crate::operations::Error;

/// A name by which an event can be waited for.
pub(super) fn event_name(name: &str) -> Result<&str, Error> {
    let wrong = |why: String| Error::input(why).hint("it is the `name` of a `wait: {for: event, name: ...}`");
    match name.trim() {
        "" => Err(wrong("an event needs a name".to_owned())),
        name if name.chars().count() > EVENT_NAME_MAX => {
            Err(wrong(format!("the name of an event has at most {EVENT_NAME_MAX} letters")))
        }
        name => Ok(name),
    }
}
