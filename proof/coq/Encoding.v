(** * What enters the HMACs: numbers, labels, the tag's message

    The byte strings of the specification, executable. The theorems are about these very definitions, and they are
    what the vectors evaluate. *)

From Coq Require Import NArith.
From mathcomp Require Import all_ssreflect.
From fugo Require Import Sha256.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** ** The individual number *)

Definition is_digit (b : N) : bool := N.leb 48 b && N.leb b 57.
Definition digits (s : bytes) : seq N := map (fun b => N.sub b 48) s.

Definition weights : seq N := [:: 6; 5; 4; 3; 2; 7; 6; 5; 4; 3; 2]%num.

Fixpoint weighted_sum (ws ds : seq N) : N :=
  if ws is w :: ws' then if ds is d :: ds' then N.add (N.mul w d) (weighted_sum ws' ds') else 0%num else 0%num.

Definition remainder (ds : seq N) : N := N.modulo (weighted_sum weights ds) 11.

(** 0 if r <= 1, else 11 - r. *)
Definition digit_of_remainder (r : N) : N := if N.leb r 1 then 0%num else N.sub 11 r.
Definition check_digit (ds : seq N) : N := digit_of_remainder (remainder ds).

Variant verdict := Good | NonDigit of nat | Length of nat | WrongCheckDigit | NeverIssued.

(** The strict parse: the first fault that applies. *)
Definition parse_number (s : bytes) : verdict :=
  let first_other := find (fun b => ~~ is_digit b) s in
  if first_other < size s then NonDigit first_other
  else if size s != 12 then Length (size s)
  else if check_digit (digits (take 11 s)) != N.sub (nth 0%num s 11) 48 then WrongCheckDigit
  else if all (fun b => b == 48%num) s then NeverIssued
  else Good.

Definition is_number (s : bytes) : bool := if parse_number s is Good then true else false.

(** ** Scopes and labels *)

Record scope := Scope { purpose : N; scope_id : bytes; epoch : N }.

Definition context : bytes := [:: 102; 117; 103; 111]%num.
Definition version : N := 1%num.

(** "fugo", version, purpose, epoch in four bytes, length of the id, id. *)
Definition label (s : scope) : bytes :=
  context ++ version :: purpose s :: word_bytes (epoch s) ++ N.of_nat (size (scope_id s)) :: scope_id s.

(** Under the root: what gives a scope key. Under a root or a scope key: what gives its tag. *)
Definition scope_key_message (s : scope) : bytes := label s ++ [:: 1%num].
Definition tag_bytes : bytes := context ++ version :: [:: 116; 97; 103; 1]%num.

Definition hyphen : N := 45%num.
Definition id_byte (b : N) : bool :=
  [|| N.leb 97 b && N.leb b 122, N.leb 48 b && N.leb b 57 | b == hyphen].
Definition all_insurers : bytes := [:: 97; 108; 108]%num.

Variant scope_fault := ScopeId | ScopeIdFixed | EpochZero | UnknownPurpose.

Definition purpose_insurers : N := 2%num.
Definition purpose_eligibility : N := 3%num.
Definition fixed_id (p : N) : bool := (p == purpose_insurers) || (p == purpose_eligibility).

Definition valid_id (id : bytes) : bool :=
  [&& 0 < size id, size id <= 40, all id_byte id, head hyphen id != hyphen & last hyphen id != hyphen].

Definition check_scope (s : scope) : option scope_fault :=
  if ~~ (N.leb 1 (purpose s) && N.leb (purpose s) 7) then Some UnknownPurpose
  else if ~~ valid_id (scope_id s) then Some ScopeId
  else if fixed_id (purpose s) && (scope_id s != all_insurers) then Some ScopeIdFixed
  else if ~~ N.leb 1 (epoch s) then Some EpochZero
  else None.

Definition is_scope (s : scope) : bool := if check_scope s is None then N.ltb (epoch s) 4294967296 else false.

Definition insurers_first : scope := Scope purpose_insurers all_insurers 1%num.

(** ** Derivation *)

(** HKDF-Expand (RFC 5869, 2.3): T(i) = HMAC(prk, T(i-1) || info || i), i from 1, the first [len] bytes of all. *)
Fixpoint hkdf_blocks (prk info previous : bytes) (i n : nat) : bytes :=
  if n is n'.+1
  then let t := hmac_sha256 prk (previous ++ info ++ [:: N.of_nat i]) in t ++ hkdf_blocks prk info t i.+1 n'
  else [::].
Definition hkdf_expand (prk info : bytes) (len : nat) : bytes := take len (hkdf_blocks prk info [::] 1 ((len + 31) %/ 32)).

Definition scope_key (root : bytes) (s : scope) : bytes := hkdf_expand root (label s) 32.
Definition key_tag (key : bytes) : bytes := take 4 (hmac_sha256 key tag_bytes).
Definition symbol_from (key m : bytes) : bytes := take 16 (hmac_sha256 key m).

(** The symbol of a number in a scope; of an eligibility scope by way of the insurers' symbol of epoch 1. *)
Definition derive_symbol (root : bytes) (s : scope) (number : bytes) : bytes :=
  symbol_from (scope_key root s)
    (if purpose s == purpose_eligibility then symbol_from (scope_key root insurers_first) number else number).
