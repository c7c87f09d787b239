(** * What follows for the construction as deployed *)

From Coq Require Import NArith.
From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops Hybrid Ladder Cascade Sha256 Encoding Injectivity Bytes.
From fugo Require Import Ideal Rows Uniqueness Deployed Unlinkability.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Opaque compress length_bytes.

Section Consequences.
Variables (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q).
Hypothesis registry_inj : injective registry.
Hypothesis registry_valid : forall a, is_scope (registry a).
Hypothesis registry_insurers : registry insurers = insurers_first.

Let labels := label_message registry.
Let below := parent registry insurers pred0.

(** The symbol of a person in a scope, by the executable derivation. *)
Definition derived (root : key) (a : 'I_q) (x : number) : symbol :=
  wrap 16 (derive_symbol (raw root) (registry a) (raw (val x))).

Lemma derivedE root a x :
  symbol_of H cut number_message symbol_message below (keys_of tag_message labels (H root)) a x = derived root a x.
Proof.
by rewrite -[LHS]wrap_raw /symbol_of (answers_are_derived registry_valid registry_insurers root (side := Left) (leaked := pred0) (a := a) (x, x)).
Qed.

(** ** Rows: a guess is right with probability 1/n and what linking costs *)
Section RowGuess.
Variables (m : nat) (xs : 'I_m -> number) (a b : 'I_q) (j : 'I_m).
Hypothesis xs_inj : injective xs.
Hypothesis scopes_differ : a != b.

(** From coins, what the root's tag is the start of, the rows of a and those of b: the guess for row j of b. *)
Variables (C : finType) (c0 : C) (strategy : C -> symbol -> seq symbol -> seq symbol -> 'I_m).

Definition row_adversary := row_linker key xs a b j strategy.
Definition row_questions (s : 'I_q) : nat := ((a == s) * m + (b == s) * m)%N.

(** Pr[row j is linked right]: the rows of b are those of the persons in a secret uniform order. *)
Definition linked_right : rat :=
  E (fun cs : C * {perm 'I_m} => E (fun root : key =>
    (strategy cs.1 (wrap 16 (symbol_from (raw root) tag_bytes)) [seq derived root a (xs i) | i <- enum 'I_m]
              [seq derived root b (xs (cs.2 i)) | i <- enum 'I_m] == cs.2 j)%:R)).

Theorem row_guess :
  linked_right
  <= m%:R^-1 + (ladder_cost registry insurers pred0 row_adversary Left + ladder_cost registry insurers pred0 row_adversary Right
     + \sum_(h <- hops below) hop_cost registry insurers pred0 row_adversary row_questions h
     + \sum_s (if below s then 5%:R * chain_cost else 0)).
Proof.
pose cs0 : C * {perm 'I_m} := (c0, 1%g).
have asked c y s : asks s (row_questions s) (row_adversary c y).
  by rewrite /row_questions -(count_row_pairs xs a b c.2 s); exact: asks_ask_pairs.
have linked := linking_deployed registry_inj registry_valid registry_insurers pred0 cs0 asked.
rewrite /world in linked.
have -> : linked_right = row_success H cut number_message symbol_message tag_message labels below xs a b j strategy.
  apply: eq_E => cs; apply: eq_E => root; congr (strategy _ _ _ _ == _)%:R.
  - by rewrite -[RHS]wrap_raw raw_cut ffunE raw_H raw_tag_message.
  - by apply: eq_map => i; rewrite derivedE.
  - by apply: eq_map => i; rewrite derivedE.
rewrite -(rows_left H cut number_message symbol_message tag_message labels below symbol0 key0 j xs_inj scopes_differ).
rewrite -(rows_right H cut number_message symbol_message tag_message labels below symbol0 key0 j xs_inj scopes_differ c0 strategy).
rewrite -ler_subl_addl; exact: le_trans (ler_norm _) linked.
Qed.
End RowGuess.

(** ** Uniqueness over all scopes *)
Section Unique.
Variable people : seq number.
Hypothesis people_uniq : uniq people.

(** Some scope gives two of the people one symbol. *)
Definition collision (root : key) : bool :=
  has (fun a => ~~ uniq [seq derive_symbol (raw root) (registry a) (raw (number_message x)) | x <- people]) (enum 'I_q).

Lemma collisionE root :
  collision root = some_collision H cut number_message symbol_message below people (keys_of tag_message labels (H root)).
Proof.
have bytes_inj : injective (fun s : symbol => raw s) by move=> s s' /raw_inj /val_inj.
apply: eq_has => a; congr (~~ _); rewrite /symbols_of -[in RHS](map_inj_uniq bytes_inj) -map_comp; congr uniq.
apply: eq_map => x; rewrite [RHS]/=.
by rewrite (answers_are_derived registry_valid registry_insurers root (side := Left) (leaked := pred0) (a := a) (x, x)).
Qed.

Definition unique_hop (a : 'I_q) : keys (ordinal_finType q) key -> tree message key :=
  fun ks => via id cut (uniqueness_adversary H cut number_message symbol_message below people a ks).
Definition unique_ladder_hop : unit -> tree message key :=
  ladder_collision H cut number_message symbol_message tag_message labels below key0 people.

(** Pr[some scope gives two of the people one symbol] <= hop of the ladder
    + number of scopes * C(n,2) / 2^128 + a hop for each scope. *)
Theorem unique_symbols :
  pr collision
  <= compression_adv unique_ladder_hop + 'C(q.+1, 2)%:R / 2%:R ^+ 256
     + \sum_a ('C(size people, 2)%:R / 2%:R ^+ 128
               + (compression_adv (unique_hop a) + 'C(size people, 2)%:R / 2%:R ^+ 256)).
Proof.
have wf := deployed_well_formed registry_insurers pred0.
have U0 : (0 < #|{: unit}|)%N by rewrite card_unit.
have W0 : (0 < #|{: keys (ordinal_finType q) key}|)%N := card_ffun_gt0 _ key0.
rewrite (eq_pr collisionE); apply: le_trans (uniqueness H cut symbol0 key0 (label_message_inj registry_inj registry_valid)
  (label_message_tag registry_valid) wf people_uniq) _.
apply: ler_add.
  apply: hmac_sha256_prf => // u; have := calls_ask_all [seq root_message tag_message labels i | i <- enum {: option 'I_q}]
    (fun ys => some_collision H cut number_message symbol_message below people [ffun i => nth key0 ys (index i (enum {: option 'I_q}))]).
  by rewrite size_map -cardE card_option card_ord.
apply: ler_sum => a _; rewrite card_symbol; apply: ler_add; first exact: lexx.
rewrite (prf_truncated H key0 _ (@inj_id _) cut_balanced); apply: hmac_sha256_prf => // ks.
have [_ <-] := distinct_messagesP H cut wf people_uniq a ks.
by apply: calls_via; exact: calls_ask_all.
Qed.
End Unique.

End Consequences.

(** ** Figures at national scale *)

Lemma binomial_two (n : nat) : 'C(n, 2)%:R <= n%:R ^+ 2 / 2%:R :> rat.
Proof.
rewrite ler_pdivl_mulr ?ltr0n // -natrM -natrX ler_nat bin2.
rewrite muln2; apply: (@leq_trans (n * n.-1)); first by rewrite -[X in (_ <= X)%N]odd_double_half leq_addl.
by rewrite expnS expn1 leq_mul2l leq_pred orbT.
Qed.

Lemma collisions_below (n e d : nat) : (n <= 2 ^ e)%N -> (e.*2 <= d.+1)%N ->
  'C(n, 2)%:R / 2%:R ^+ d <= (2%:R ^+ (d.+1 - e.*2))^-1 :> rat.
Proof.
move=> ne ed; have two0 k : 0 < 2%:R ^+ k :> rat by rewrite exprn_gt0 ?ltr0n.
rewrite ler_pdivr_mulr // ler_pdivl_mull // .
apply: le_trans (ler_wpmul2l (ltW (two0 _)) (binomial_two n)) _.
rewrite mulrA ler_pdivr_mulr ?ltr0n // -exprSr -{2}(subnK ed) exprD; apply: ler_wpmul2l; first exact: ltW.
have n2 : n%:R <= 2%:R ^+ e :> rat by rewrite -natrX ler_nat.
by rewrite -mul2n mulnC exprM; apply: ler_expn2r n2; rewrite nnegrE ?ler0n ?exprn_ge0 ?ler0n.
Qed.

(** Two among 2^27 persons (more than the population) have one symbol of 128 bits: at most 2^-75. *)
Theorem national_collision (n : nat) : (n <= 2 ^ 27)%N -> 'C(n, 2)%:R / 2%:R ^+ 128 <= (2%:R ^+ 75)^-1 :> rat.
Proof. by move=> n27; exact: (collisions_below (e := 27) (d := 128)). Qed.

(** The eligibility chain's own term: two of all 10^11 numbers have one insurers' symbol: at most 2^-55. *)
Theorem chain_collision : 'C(10 ^ 11, 2)%:R / 2%:R ^+ 128 <= (2%:R ^+ 55)^-1 :> rat.
Proof.
have le37 : (10 ^ 11 <= 2 ^ 37)%N.
  rewrite -[11%N]/(3 * 3 + 2)%N -[37%N]/(10 * 3 + 7)%N (expnD 10) (expnD 2) (expnM 10) (expnM 2).
  by apply: leq_mul; [rewrite leq_exp2r|].
exact: (collisions_below (e := 37) (d := 128)) le37 _.
Qed.
