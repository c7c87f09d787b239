(** * The key ladder: all keys from one root

    k_a = H root (label a), symbols = cut (H k_a message), and the root's tag message is under the root too. The
    adversary is given the root's tag at the start (more than that: what [cut] keeps of its digest), and coins. *)

From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops Hybrid.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Ladder.
Variables (A X K M Y : finType) (H : K -> M -> K) (cut : K -> Y).
Variables (encX : X -> M) (encY : Y -> M) (tag_message : M) (label : A -> M).
Variables (parent : A -> option A) (refused_symbol : Y) (refused_key : K).

Definition F (k : K) (m : M) : Y := cut (H k m).

(** What is asked under the root: a label for each scope, and the tag's message. *)
Definition root_message (i : option A) : M := if i is Some a then label a else tag_message.

Definition keys_of (f : M -> K) : keys A K := [ffun i => f (root_message i)].

Variables (C : finType) (c0 : C) (t : C -> Y -> linker A X K Y).

Definition play (side : mode) (c : C) (ks : keys A K) : bool :=
  game F encX encY tag_message parent refused_symbol refused_key pred0 ks (fun=> side) (t c (cut (ks None))).

(** Pr[the adversary says yes] in the world of the left or of the right persons: over its coins and the root. *)
Definition real (side : mode) : rat := E (fun c => E (fun root => (play side c (keys_of (H root)))%:R)).

(** The distinguisher of the first hop: asks for all keys, then plays the game. *)
Definition ladder_adversary (side : mode) (c : C) : tree M K :=
  ask_all [seq root_message i | i <- enum {: option A}]
          (fun ys => play side c [ffun i => nth refused_key ys (index i (enum {: option A}))]).

Lemma calls_ladder side c : calls #|A|.+1 (ladder_adversary side c).
Proof.
have := calls_ask_all [seq root_message i | i <- enum {: option A}]
  (fun ys => play side c [ffun i => nth refused_key ys (index i (enum {: option A}))]).
by rewrite size_map -cardE card_option.
Qed.

Lemma exec_ladder f side c : exec f (ladder_adversary side c) = play side c (keys_of f).
Proof.
rewrite exec_ask_all; congr (play _ _ _); apply/ffunP => i; rewrite !ffunE -map_comp.
by rewrite (nth_map None) ?nth_index ?index_mem ?mem_enum.
Qed.

(** The coins of the game with independent keys: the adversary's, and the digest behind the root's tag. *)
Definition with_root_tag (c : C * K) : linker A X K Y := t c.1 (cut c.2).

Let ideal side := wins F encX encY tag_message parent refused_symbol refused_key with_root_tag pred0 (fun=> side).

Hypothesis label_inj : injective label.
Hypothesis label_tag : forall a, label a != tag_message.

Lemma root_message_inj : injective root_message.
Proof.
case=> [a|] [b|] //= => [/label_inj -> //|e|e]; first by have := label_tag a; rewrite e eqxx.
by have := label_tag b; rewrite -e eqxx.
Qed.

Lemma ladder_random side : side <> Dummy ->
  E (fun c => E (fun f : {ffun M -> K} => says f (ladder_adversary side c))) = ideal side.
Proof.
move=> nd; rewrite /ideal /wins E_prod; apply: eq_E => c.
rewrite (eq_E (g := fun f : {ffun M -> K} => (play side c (keys_of f))%:R)); last first.
  by move=> f; rewrite /says exec_ladder.
rewrite (E_push (fun ks : keys A K => (play side c ks)%:R) (card_ffun_gt0 M refused_key)
                (balanced_restrict (K := K) root_message_inj)).
pose G (r : K) (ks : keys A K) : rat :=
  (game F encX encY tag_message parent refused_symbol refused_key pred0 ks (fun=> side) (t c (cut r)))%:R.
rewrite -(E_exchange (fun ks r => G r ks)) -(E_fresh_pair None G).
apply: eq_E => ks; rewrite -[LHS](E_const _ (card_value_gt0 refused_key)); apply: eq_E => r.
rewrite /G /play /game; congr (_%:R); congr nat_of_bool; apply: eq_run => [a m|a p|a _]; rewrite ?update_other //.
  by rewrite /value update_other.
rewrite /place; case: (parent a) => [b|] //; congr (encY (F _ _)).
by case: side nd {G} => //= _; rewrite update_other.
Qed.

Hypothesis wf : well_formed encX encY tag_message parent.

(** |Pr[yes | left] - Pr[yes | right]| <= two hops for the ladder + the bound for independent keys. *)
Theorem linking_from_root :
  `|real Left - real Right|
    <= adv H (ladder_adversary Left) + adv H (ladder_adversary Right)
       + (\sum_(h <- hops parent) hop_adv F encX encY tag_message parent refused_symbol refused_key with_root_tag h
          + \sum_a (if parent a then 5%:R * chain_risk F encX else 0)).
Proof.
have realE side : real side = E (fun c => E (fun k => says (H k) (ladder_adversary side c))).
  by apply: eq_E => c; apply: eq_E => k; rewrite /says exec_ladder.
have w0 : C * K := (c0, refused_key).
rewrite /adv !ladder_random // -!realE.
apply: le_trans (pr_triangle _ (ideal Left) _) _; rewrite -addrA ler_add2l.
apply: le_trans (pr_triangle _ (ideal Right) _) _; rewrite addrC [`|_ - real Right|]distrC ler_add2l.
exact: linking_independent_keys.
Qed.

End Ladder.
