(** * Teeth: what breaks when two scopes share a label

    Were two scopes given one label, two questions would tell the worlds apart, but for a collision. So the theorem
    needs injective labels, and the game can be won. It is also why one eligibility symbol given to two bodies links
    them. *)

From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Ladder.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section SharedKey.
Variables (A X K M Y : finType) (H : K -> M -> K) (cut : K -> Y).
Variables (encX : X -> M) (encY : Y -> M) (tag_message : M) (label : A -> M).
Variables (parent : A -> option A) (y0 : Y) (k0 : K).
Variables (a b : A) (x y : X).
Hypothesis scopes_differ : a != b.
Hypothesis same_label : label a = label b.
Hypothesis top_a : parent a = None.
Hypothesis top_b : parent b = None.

(** Person x at a; at b person x (left) or y (right): is it the same symbol? *)
Definition comparing (_ : unit) (_ : Y) : linker A X K Y :=
  Ask a x x (fun s => Ask b x y (fun s' => Guess (s == s'))).

Theorem shared_key_breaks :
  let real := real H cut encX encY tag_message label parent y0 k0 comparing in
  real Left - real Right = 1 - pr (fun root => F H cut (H root (label a)) (encX x) == F H cut (H root (label a)) (encX y)).
Proof.
have U0 : (0 < #|{: unit}|)%N by rewrite card_unit.
have K0 : (0 < #|K|)%N by apply/card_gt0P; exists k0.
pose same z root := F H cut (H root (label a)) (encX x) == F H cut (H root (label a)) (encX z).
have realE side : Ladder.real H cut encX encY tag_message label parent y0 k0 comparing side
    = pr (same (person side (x, y))).
  rewrite /Ladder.real -[RHS](E_const _ U0); apply: eq_E => c; apply: eq_E => root.
  congr (_%:R); congr nat_of_bool.
  rewrite /play /game /= /allowed /= !eqxx (negbTE scopes_differ) /=.
  by rewrite /value /place top_a top_b !ffunE /= -same_label; case: side.
rewrite /= !realE; congr (_ - _); rewrite -[RHS](E_const 1 K0).
by apply: eq_E => root; rewrite /same eqxx.
Qed.

End SharedKey.
