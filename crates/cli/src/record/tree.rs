//! The Merkle tree of RFC 6962, section 2.1: hashes, proofs, and their verification.
//!
//! `leaf(d) := SHA-256(0x00 ‖ d)`, `node(l, r) := SHA-256(0x01 ‖ l ‖ r)`, and the tree of n leaves is the node of the
//! largest complete tree with fewer than n leaves and of the tree of the rest. Proofs are verified by another
//! implementation (the crate `ct-merkle`) than the one here, which makes them.

use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use sha2::{Digest, Sha256};

use crate::failure::Result;

/// The length of a hash in bytes.
pub(super) const HASH_LEN: usize = 32;
/// A hash of a leaf or of a node.
pub(super) type Hash = [u8; HASH_LEN];

/// More leaves than this are in no tree.
pub(super) const MOST_LEAVES: u64 = 1 << 40;

/// The hash of a leaf.
pub(super) fn leaf(data: &[u8]) -> Hash {
    Sha256::new().chain_update([0x00]).chain_update(data).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
}

/// The complete subtrees of a tree, wherever their hashes are kept.
pub(super) trait Nodes {
    /// The hash of the complete subtree with the leaves `index << height` to `(index + 1) << height`.
    fn node(&self, height: u32, index: u64) -> Result<Hash>;
}

/// The hash of a complete subtree, from hashes of its complete subtrees, which are as many as a power of two.
pub(super) fn complete(hashes: &[Hash]) -> Hash {
    if let [one] = hashes {
        return *one;
    }
    assert!(!hashes.is_empty(), "a complete subtree has a leaf");
    let (left, right) = hashes.split_at(hashes.len() / 2);
    node(&complete(left), &complete(right))
}

/// The largest power of two below `n`.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The hash of the leaves `start` to `end`. `start` is where such a subtree can begin.
fn subtree(nodes: &impl Nodes, start: u64, end: u64) -> Result<Hash> {
    let len = end - start;
    if len == 0 {
        return Ok(Sha256::digest([]).into());
    }
    if len.is_power_of_two() {
        let height = len.ilog2();
        return nodes.node(height, start >> height);
    }
    let middle = start + split(len);
    Ok(node(&subtree(nodes, start, middle)?, &subtree(nodes, middle, end)?))
}

/// The root of the first `size` leaves.
pub(super) fn root(nodes: &impl Nodes, size: u64) -> Result<Hash> {
    subtree(nodes, 0, size)
}

/// The proof that a leaf is in a tree: the hashes next to its path, from the leaf to the root (RFC 6962, 2.1.1).
pub(super) fn prove_inclusion(nodes: &impl Nodes, index: u64, size: u64) -> Result<Vec<Hash>> {
    let (mut start, mut end, mut path) = (0, size, Vec::new());
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(subtree(nodes, middle, end)?);
            end = middle;
        } else {
            path.push(subtree(nodes, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that a tree begins with the leaves of an older one (RFC 6962, 2.1.2). Neither is empty.
pub(super) fn prove_consistency(nodes: &impl Nodes, old: u64, size: u64) -> Result<Vec<Hash>> {
    let (mut start, mut end, mut proof) = (0, size, Vec::new());
    while old != end {
        let middle = start + split(end - start);
        if old <= middle {
            proof.push(subtree(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(subtree(nodes, start, middle)?);
            start = middle;
        }
    }
    // The old tree itself is known to whoever verifies, unless it was split.
    if start > 0 {
        proof.push(subtree(nodes, start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

fn root_hash((size, root): (u64, &Hash)) -> RootHash<Sha256> {
    RootHash::new((*root).into(), size)
}

/// Whether a leaf with these bytes is at `index` of the tree with this size and root.
pub(super) fn is_included(data: &[u8], index: u64, proof: &[Hash], tree: (u64, &Hash)) -> bool {
    let proof = InclusionProof::try_from_bytes(proof.concat());
    proof.is_ok_and(|proof| root_hash(tree).verify_inclusion(&data, index, &proof).is_ok())
}

/// Whether the new tree begins with the leaves of the old one. Every tree begins with the empty one.
pub(super) fn is_consistent(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    if old.0 == 0 {
        return *old.1 == Frontier::default().root() && proof.is_empty();
    }
    let proof = ConsistencyProof::try_from_bytes(proof.concat());
    proof.is_ok_and(|proof| root_hash(new).verify_consistency(&root_hash(old), &proof).is_ok())
}

/// The complete subtrees of the leaves so far, the largest first: what is needed to add leaves and to know the root.
#[derive(Clone, Debug, Default)]
pub(super) struct Frontier {
    size: u64,
    hashes: Vec<Hash>,
}

impl Frontier {
    /// Adds the hash of a leaf.
    pub(super) fn push(&mut self, leaf: Hash) {
        self.hashes.push(leaf);
        self.size += 1;
        for _ in 0..self.size.trailing_zeros() {
            if let (Some(right), Some(left)) = (self.hashes.pop(), self.hashes.pop()) {
                self.hashes.push(node(&left, &right));
            }
        }
    }

    /// The number of leaves.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The root of the leaves so far.
    pub(super) fn root(&self) -> Hash {
        let mut hashes = self.hashes.iter().rev();
        let Some(last) = hashes.next() else { return Sha256::digest([]).into() };
        hashes.fold(*last, |right, left| node(left, &right))
    }
}

#[cfg(test)]
mod tests {
    use ct_merkle::mem_backed_tree::MemoryBackedTree;

    use super::*;

    struct Leaves(Vec<Hash>);

    impl Nodes for Leaves {
        fn node(&self, height: u32, index: u64) -> Result<Hash> {
            let (start, len) = ((index << height) as usize, 1 << height);
            Ok(complete(&self.0[start..start + len]))
        }
    }

    fn trees(n: u64) -> (Leaves, Frontier, MemoryBackedTree<Sha256, Vec<u8>>) {
        let mut oracle = MemoryBackedTree::new();
        let mut frontier = Frontier::default();
        let data = (0..n).map(|i| format!("leaf {i}").into_bytes());
        let hashes = data.inspect(|data| oracle.push(data.clone())).map(|data| leaf(&data)).collect::<Vec<_>>();
        hashes.iter().for_each(|hash| frontier.push(*hash));
        (Leaves(hashes), frontier, oracle)
    }

    #[test]
    fn the_empty_tree_and_the_trees_of_rfc_6962s_test_data_have_their_roots() {
        // The leaves and roots of the test data of Certificate Transparency's reference implementation.
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let hex = |hash: Hash| base16ct::lower::encode_string(&hash);
        let mut frontier = Frontier::default();
        assert_eq!(hex(frontier.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let mut roots = Vec::new();
        for data in leaves {
            frontier.push(leaf(data));
            roots.push(hex(frontier.root()));
        }
        assert_eq!(roots[0], "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assert_eq!(roots[7], "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }

    #[test]
    fn roots_and_proofs_are_those_of_another_implementation() {
        for n in 1..70 {
            let (leaves, frontier, oracle) = trees(n);
            let expected: Hash = (*oracle.root().as_bytes()).into();
            assert_eq!((root(&leaves, n).expect("a root"), frontier.root()), (expected, expected));
            for index in 0..n {
                let proof = prove_inclusion(&leaves, index, n).expect("a proof");
                assert_eq!(proof.concat(), oracle.prove_inclusion(index as usize).as_bytes());
                assert!(is_included(format!("leaf {index}").as_bytes(), index, &proof, (n, &expected)));
                assert!(!is_included(b"another", index, &proof, (n, &expected)));
                if n > 1 {
                    assert!(!is_included(format!("leaf {index}").as_bytes(), (index + 1) % n, &proof, (n, &expected)));
                }
            }
            for old in 1..=n {
                let proof = prove_consistency(&leaves, old, n).expect("a proof");
                assert_eq!(proof.concat(), oracle.prove_consistency((n - old) as usize).as_bytes(), "{old} of {n}");
                let old_root = root(&leaves, old).expect("a root");
                assert!(is_consistent((old, &old_root), (n, &expected), &proof));
                assert!(old == n || !is_consistent((old, &expected), (n, &expected), &proof));
            }
            let empty = Frontier::default().root();
            assert!(is_consistent((0, &empty), (n, &expected), &[]));
            assert!(!is_consistent((0, &expected), (n, &expected), &[]));
            // A tree that is smaller than the one before.
            assert!(n == 1 || !is_consistent((n, &expected), (n - 1, &root(&leaves, n - 1).expect("a root")), &[]));
        }
    }
}
