(** * What a vector has to satisfy *)

From Coq Require Import NArith.
From mathcomp Require Import all_ssreflect.
From fugo Require Import Sha256 Encoding.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** A number of n bytes, most significant first. *)
Definition octets (n : nat) (x : N) : bytes := [seq byte_at x (8 * N.of_nat (n - i.+1))%num | i <- iota 0 n].

Definition same_verdict (v w : verdict) : bool :=
  match v, w with
  | Good, Good | WrongCheckDigit, WrongCheckDigit | NeverIssued, NeverIssued => true
  | NonDigit i, NonDigit j | Length i, Length j => i == j
  | _, _ => false
  end.

Definition same_fault (f : option scope_fault) (g : scope_fault) : bool :=
  match f, g with
  | Some ScopeId, ScopeId | Some ScopeIdFixed, ScopeIdFixed | Some EpochZero, EpochZero
  | Some UnknownPurpose, UnknownPurpose => true
  | _, _ => false
  end.

Definition check_number (c : bytes * verdict) : bool := same_verdict (parse_number c.1) c.2.
Definition check_check_digit (c : bytes * N) : bool := check_digit (digits c.1) == c.2.
Definition check_label (c : scope * bytes) : bool := is_scope c.1 && (label c.1 == c.2).
Definition check_fault (c : scope * scope_fault) : bool := same_fault (check_scope c.1) c.2.

(** Root, scope; the root's tag, the scope key, its tag. *)
Definition check_key (c : bytes * scope * (bytes * bytes * bytes)) : bool :=
  let: (root, s, (root_tag, key, tag)) := c in
  [&& key_tag root == root_tag, scope_key root s == key & key_tag key == tag].

(** Root, scope, number; its symbol. *)
Definition check_symbol (c : bytes * scope * bytes * bytes) : bool :=
  let: (root, s, number, symbol) := c in is_number number && (derive_symbol root s number == symbol).

(** A request to the tool: root, scope, number; what it answers. Of a refusal it says the kind and no place. *)
Variant answer := Symbol of bytes | BadNumber of verdict | BadScope of scope_fault.
Definition same_kind (v w : verdict) : bool :=
  match v, w with
  | NonDigit _, NonDigit _ | Length _, Length _ => true
  | _, _ => same_verdict v w
  end.
Definition check_request (c : bytes * scope * bytes * answer) : bool :=
  let: (root, s, number, a) := c in
  match a with
  | Symbol symbol => [&& is_scope s, is_number number & derive_symbol root s number == symbol]
  | BadNumber v => is_scope s && ~~ is_number number && same_kind (parse_number number) v
  | BadScope f => is_number number && same_fault (check_scope s) f
  end.

(** Published: key, data, MAC or its first bytes; pseudorandom key, info, what is expanded. *)
Definition check_mac (c : bytes * bytes * bytes) : bool :=
  let: (key, data, mac) := c in take (size mac) (hmac_sha256 key data) == mac.
Definition check_expansion (c : bytes * bytes * bytes) : bool :=
  let: (prk, info, okm) := c in hkdf_expand prk info (size okm) == okm.
