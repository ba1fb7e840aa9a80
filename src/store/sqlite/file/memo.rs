//! The last answer to a question, for as long as nobody commits: who asks the same again and again costs no more than
//! the look whether anything is new.

use super::watch::Watch;
use super::writer::hold;
use crate::store::error::Result;
use std::sync::Mutex;

pub(in crate::store::sqlite) struct Memo<K, V>(Mutex<Option<Kept<K, V>>>);

struct Kept<K, V> {
    question: K,
    /// The version of the database before it was asked. Who asks for the first time does not look: most ask once.
    version: Option<u64>,
    answer: V,
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq, V: Clone> Memo<K, V> {
    pub(in crate::store::sqlite) fn get(
        &self,
        watch: &Watch,
        question: K,
        ask: impl FnOnce() -> Result<V>,
    ) -> Result<V> {
        let mut version = None;
        if hold(&self.0).as_ref().is_some_and(|kept| kept.question == question) {
            version = Some(watch.version()?);
            let slot = hold(&self.0);
            if let Some(kept) = &*slot
                && (&kept.question, kept.version) == (&question, version)
            {
                return Ok(kept.answer.clone());
            }
        }
        let answer = ask()?;
        *hold(&self.0) = Some(Kept { question, version, answer: answer.clone() });
        Ok(answer)
    }
}
