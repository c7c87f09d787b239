(** * Teeth: the words of the bound, and the rules, cannot mean less than they say

    Advantages are at most 1 (at most 3 for the sum of three), and 0 against a random function. [compression_advE] says
    in full what the assumption is about. Rules 2 and 3 of the game are shown to be needed, in derived bytes. Every
    string that the strict parse accepts is a person. *)

From Coq Require Import NArith Lia.
From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops Hybrid Ladder Cascade Sha256 Encoding Injectivity Bytes.
From fugo Require Import Deployed Unlinkability.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Opaque compress length_bytes.

(** ** Advantages *)

(** SHA-256's compression function, from the bytes of a state and a block to those of a state. *)
Definition compression (st : key) (b : block) : key := wrap 32 (compress (raw st) (raw b)).

Section Assumption.
Variables (W : finType) (D : W -> tree message key).

(** The assumption in full. It contains nothing but that function: HMAC under one key against two independent keys, and
    the function against a random function, inside and outside. *)
Theorem compression_advE :
  let inner_key (k : key) := wrap 32 (compress initial_state (inner_block (raw k))) in
  let outer_key (k : key) := wrap 32 (compress initial_state (outer_block (raw k))) in
  let hmac_of ki ko m := compression ko (digest_block (compression ki (message_block m))) in
  let inner_asks (w : W * key) := via message_block (fun y => compression w.2 (digest_block y)) (D w.1) in
  let outer_asks (w : W * {ffun block -> key}) := via (fun m => digest_block (w.2 (message_block m))) id (D w.1) in
  compression_adv D
  = `| E (fun w => E (fun k : key => (exec (hmac_of (inner_key k) (outer_key k)) (D w))%:R))
       - E (fun w => E (fun ks : key * key => (exec (hmac_of ks.1 ks.2) (D w))%:R)) |
    + `| E (fun w : W * key => E (fun k : key => (exec (compression k) (inner_asks w))%:R))
         - E (fun w : W * key => E (fun f : {ffun block -> key} => (exec f (inner_asks w))%:R)) |
    + `| E (fun w : W * {ffun block -> key} => E (fun k : key => (exec (compression k) (outer_asks w))%:R))
         - E (fun w : W * {ffun block -> key} => E (fun f : {ffun block -> key} => (exec f (outer_asks w))%:R)) |.
Proof. exact: erefl. Qed.
End Assumption.

(** Nobody has an advantage against a function that is random. *)
Theorem adv_of_random (W M Y : finType) (D : W -> tree M Y) : adv (fun (f : {ffun M -> Y}) m => f m) D = 0.
Proof. by rewrite /adv subrr normr0. Qed.

Lemma E_bounds (T : finType) (f : T -> rat) : (forall t, 0 <= f t <= 1) -> 0 <= E f <= 1.
Proof.
move=> f01; have [T0|T0] := posnP #|T|; first by rewrite /E T0 invr0 mulr0 lexx ler01.
rewrite E_ge0 => [|t]; last by case/andP: (f01 t).
by rewrite -[X in _ <= X](E_const 1 T0) E_le // => t; case/andP: (f01 t).
Qed.

Lemma distance_le1 (x y : rat) : 0 <= x <= 1 -> 0 <= y <= 1 -> `|x - y| <= 1.
Proof.
move=> /andP[x0 x1] /andP[y0 y1]; rewrite ler_norml; apply/andP; split.
  by rewrite ler_subr_addl (le_trans _ x0) // subr_le0.
by rewrite ler_subl_addl (le_trans x1) // ler_addr.
Qed.

Theorem adv_le1 (W K M Y : finType) (F : K -> M -> Y) (D : W -> tree M Y) : adv F D <= 1.
Proof. by apply: distance_le1; apply: E_bounds => w; apply: E_bounds => k; exact: says_bounds. Qed.

Theorem compression_adv_le3 (W : finType) (D : W -> tree message key) : compression_adv D <= 3%:R.
Proof.
rewrite /compression_adv -[3%:R]/((1 + 1 + 1) : rat); apply: ler_add; [apply: ler_add|]; try exact: adv_le1.
by apply: distance_le1; apply: E_bounds => w; rewrite pr_ge0 pr_le1.
Qed.

(** ** Rule 2 is needed

    With the scope key, one symbol tells the worlds apart: derive the symbol of x and compare. *)
Section RuleTwo.
Variables (s : scope) (x y : number).
Hypothesis direct : purpose s != purpose_eligibility.

Definition symbol_at (s' : scope) (root : key) (z : number) : bytes := derive_symbol (raw root) s' (raw (val z)).
Definition key_at (root : key) : bytes := scope_key (raw root) s.

Theorem key_after_pair_breaks :
  let compares seen k := seen == symbol_from k (raw (val x)) in
  pr (fun root : key => compares (symbol_at s root x) (key_at root))
  - pr (fun root : key => compares (symbol_at s root y) (key_at root))
  = 1 - pr (fun root : key => symbol_at s root y == symbol_at s root x).
Proof.
move=> compares; have K0 : (0 < #|key|)%N by apply/card_gt0P; exists key0.
have e z root : symbol_at s root z = symbol_from (key_at root) (raw (val z)).
  by rewrite /symbol_at /derive_symbol (negbTE direct).
congr (_ - _); last by apply: eq_pr => root; rewrite /compares !e.
by rewrite -[RHS](E_const 1 K0); apply: eq_E => root; rewrite /compares e eqxx.
Qed.
End RuleTwo.

(** ** Rule 3 is needed where pairs at the two scopes differ

    With an eligibility key alone, the eligibility symbol of an insurers' symbol is derived and compared. *)
Section RuleThree.
Variables (s : scope) (x y : number).
Hypothesis of_eligibility : purpose s = purpose_eligibility.

Theorem eligibility_key_breaks :
  let compares from_insurers seen k := seen == symbol_from k from_insurers in
  pr (fun root : key => compares (symbol_at insurers_first root x) (symbol_at s root x) (key_at s root))
  - pr (fun root : key => compares (symbol_at insurers_first root x) (symbol_at s root y) (key_at s root))
  = 1 - pr (fun root : key => symbol_at s root y == symbol_at s root x).
Proof.
move=> compares; have K0 : (0 < #|key|)%N by apply/card_gt0P; exists key0.
have e z root : symbol_at s root z = symbol_from (key_at s root) (symbol_at insurers_first root z).
  by rewrite /symbol_at /derive_symbol of_eligibility eqxx.
congr (_ - _); last by apply: eq_pr => root; rewrite /compares !e.
by rewrite -[RHS](E_const 1 K0); apply: eq_E => root; rewrite /compares e eqxx.
Qed.
End RuleThree.

(** ** Persons *)
Theorem every_number_is_a_person s : is_number s -> exists x : number, raw (val x) = s.
Proof.
move=> ok; have [ds s12 _] := is_numberP ok.
have s55 : (size s <= 55)%N by rewrite s12.
have sb : all is_byte s.
  apply: sub_all ds => b /digit_bounds[_ hi]; apply/N.ltb_lt; lia.
have e := raw_message_of s55 sb.
have ok' : is_number (raw (message_of s)) by rewrite e.
by exists (exist (fun m : message => is_number (raw m)) (message_of s) ok').
Qed.
