//! Where chance comes from. The engine gets it as seeds inside events.

use std::sync::atomic::{AtomicU64, Ordering};

/// Letters that can't be mistaken for one another when read aloud or typed.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

pub trait Entropy: Send + Sync {
    fn next_u64(&self) -> u64;

    /// A word of random letters and digits, for names.
    fn word(&self, length: usize) -> String {
        let mut word = String::with_capacity(length);
        let mut bits = 0;
        for at in 0..length {
            if at % 12 == 0 {
                bits = self.next_u64();
            }
            word.push(char::from(ALPHABET[(bits & 31) as usize]));
            bits >>= 5;
        }
        word
    }
}

/// The random source of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Entropy for System {
    #[expect(clippy::disallowed_methods, reason = "the owner of randomness")]
    fn next_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).expect("the operating system has a random source");
        u64::from_le_bytes(bytes)
    }
}

/// The same numbers every time (splitmix64).
#[derive(Debug)]
pub struct Simulated(AtomicU64);

impl Simulated {
    pub fn seeded(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Entropy for Simulated {
    fn next_u64(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_names_its_sequence_and_words_differ() {
        let (a, b) = (Simulated::seeded(7), Simulated::seeded(7));
        let words: Vec<String> = (0..4).map(|_| a.word(20)).collect();
        assert_eq!(words, (0..4).map(|_| b.word(20)).collect::<Vec<_>>());
        assert!(words.iter().all(|word| word.len() == 20));
        assert_ne!(words[0], words[1]);
        assert_ne!(System.word(12), System.word(12));
    }
}
