//! Commands for tests and demonstrations: `vectors` answers test vectors with plaintext root keys, `synth` makes
//! rosters of made-up people, and `demo` shows the whole process. The feature `demonstrations` includes them; a
//! hardened build of the tool does not have them.

pub(crate) mod demo;
pub(crate) mod synth;
pub(crate) mod vectors;
