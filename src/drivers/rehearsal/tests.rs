//! Cases on the stage: answers in their order, a clock that jumps, and what kills bring to light.
