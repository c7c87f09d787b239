//! Commands for tests and demonstrations: `vectors` answers test vectors under root keys in the clear, `synth` makes up
//! rosters, `demo` shows the whole job on one. The feature `demonstrations` builds them in; a hardened tool has none.

pub(crate) mod demo;
pub(crate) mod synth;
pub(crate) mod vectors;
