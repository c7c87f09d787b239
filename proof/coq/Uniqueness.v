(** * Symbols do not collide

    For n persons and all scopes at once, under one root:

      Pr[some scope gives two of them one symbol] <= hop of the ladder + sum over scopes of (C(n,2)/#|Y| + adv) *)

From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Ladder.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Uniqueness.
Variables (A X K M Y : finType) (H : K -> M -> K) (cut : K -> Y).
Variables (encX : X -> M) (encY : Y -> M) (tag_message : M) (label : A -> M).
Variables (parent : A -> option A) (y0 : Y) (k0 : K).
Hypothesis label_inj : injective label.
Hypothesis label_tag : forall a, label a != tag_message.
Hypothesis wf : well_formed encX encY tag_message parent.

Variable xs : seq X.
Hypothesis xs_uniq : uniq xs.

Let F := F H cut.
Definition symbols_of (ks : keys A K) (a : A) : seq Y :=
  [seq value F ks a (place F encX encY parent ks (fun=> Left) a (x, x)) | x <- xs].
Definition some_collision (ks : keys A K) : bool := has (fun a => ~~ uniq (symbols_of ks a)) (enum A).

(** The messages of one scope; if the insurers' symbols collide already, any distinct ones. *)
Definition distinct_messages (a : A) (ks : keys A K) : seq M :=
  let ms := [seq place F encX encY parent ks (fun=> Left) a (x, x) | x <- xs] in
  if uniq ms then ms else map encX xs.

Definition uniqueness_adversary (a : A) (ks : keys A K) : tree M Y := collision_finder Y (distinct_messages a ks).

Definition ladder_collision (u : unit) : tree M K :=
  ask_all [seq root_message tag_message label i | i <- enum {: option A}]
          (fun ys => some_collision [ffun i => nth k0 ys (index i (enum {: option A}))]).

Lemma distinct_messagesP a ks : uniq (distinct_messages a ks) /\ size (distinct_messages a ks) = size xs.
Proof.
rewrite /distinct_messages; case: ifP => [u|_]; first by rewrite u size_map.
by rewrite size_map map_inj_uniq //; exact: encX_inj wf.
Qed.

Lemma collision_at_top ks : some_collision ks -> has (fun a => ~~ uniq (map (F (ks (Some a))) (distinct_messages a ks))) (enum A).
Proof.
case/hasP => a _ na.
have direct b : parent b = None -> uniq [seq place F encX encY parent ks (fun=> Left) b (x, x) | x <- xs].
  by move=> pb; rewrite /place pb map_inj_uniq //; exact: encX_inj wf.
pose ms := [seq place F encX encY parent ks (fun=> Left) a (x, x) | x <- xs].
have symE b : symbols_of ks b = map (F (ks (Some b))) [seq place F encX encY parent ks (fun=> Left) b (x, x) | x <- xs].
  by rewrite -map_comp.
case: (boolP (uniq ms)) => [ums|nms]; apply/hasP.
  by exists a; rewrite ?mem_enum // /distinct_messages -/ms ums -symE.
case pa: (parent a) => [b|]; last by rewrite /ms (direct a pa) in nms.
exists b; rewrite ?mem_enum // /distinct_messages (direct b (depth_two wf pa)) -symE.
apply: contra nms => ub; rewrite /ms; have -> : [seq place F encX encY parent ks (fun=> Left) a (x, x) | x <- xs]
    = map encY (symbols_of ks b).
  by rewrite -map_comp; apply: eq_map => x; rewrite /= /place pa (depth_two wf pa).
by rewrite map_inj_uniq //; exact: encY_inj wf.
Qed.

Theorem uniqueness :
  pr (fun root => some_collision (keys_of tag_message label (H root)))
  <= adv H ladder_collision
     + \sum_a ('C(size xs, 2)%:R / #|Y|%:R + adv F (uniqueness_adversary a)).
Proof.
have U0 : (0 < #|{: unit}|)%N by rewrite card_unit.
have exec_ladder f : exec f (ladder_collision tt) = some_collision (keys_of tag_message label f).
  rewrite exec_ask_all; congr some_collision; apply/ffunP => i; rewrite !ffunE -map_comp.
  by rewrite (nth_map None) ?nth_index ?index_mem ?mem_enum.
pose ideal := pr (fun ks : keys A K => some_collision ks).
have idealE : E (fun u => E (fun f : {ffun M -> K} => says f (ladder_collision u))) = ideal.
  rewrite (eq_E (g := fun=> ideal)) ?(E_const _ U0) // => -[].
  rewrite /ideal /pr -(E_push (fun ks : keys A K => (some_collision ks)%:R) (card_ffun_gt0 M k0)
    (balanced_restrict (K := K) (root_message_inj label_inj label_tag))).
  by apply: eq_E => f; rewrite /says exec_ladder.
have realE : E (fun u => E (fun k => says (H k) (ladder_collision u)))
    = pr (fun root => some_collision (keys_of tag_message label (H root))).
  rewrite (eq_E (g := fun=> pr (fun root => some_collision (keys_of tag_message label (H root))))) ?(E_const _ U0) // => -[].
  by apply: eq_E => k; rewrite /says exec_ladder.
apply: (@le_trans _ _ (adv H ladder_collision + ideal)).
  by rewrite -ler_subl_addr -realE -idealE; exact: ler_norm.
rewrite ler_add2l; apply: le_trans (pr_le collision_at_top) _; apply: le_trans (pr_has _ _) _.
rewrite big_enum; apply: ler_sum => a _.
have W0 : (0 < #|{: keys A K}|)%N := card_ffun_gt0 _ k0.
apply: le_trans (pr_collisions y0 F (distinct_messagesP a) W0).
rewrite le_eqVlt; apply/orP; left; apply/eqP.
rewrite /pr -(E_fresh k0 (Some a)); apply: eq_E => ks; apply: eq_E => k.
have messagesE : distinct_messages a (update ks (Some a) k) = distinct_messages a ks.
  rewrite /distinct_messages; have -> // : [seq place F encX encY parent (update ks (Some a) k) (fun=> Left) a (x, x) | x <- xs]
      = [seq place F encX encY parent ks (fun=> Left) a (x, x) | x <- xs].
  apply: eq_map => x; rewrite /place; case pa: (parent a) => [b|] //; congr (encY (F _ _)).
  by rewrite update_other //; apply/eqP => -[e]; have := depth_two wf pa; rewrite e pa.
by rewrite messagesE update_same.
Qed.

End Uniqueness.
