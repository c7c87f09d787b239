(** * From the left world to the right one, scope by scope

    First the eligibility symbols turn, then the scopes that symbols are derived for directly. When the insurers'
    scope turns, a second first stage is put under the eligibility symbols for the while, so that they do not
    show which persons the insurers' symbols are for; this only in runs in which no key of that family is taken,
    for in the others there is nothing to turn. No step guesses which keys will be taken: adaptive corruption
    costs no factor. *)

From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Hybrid.
Variables (A X K M Y : finType) (F : K -> M -> Y).
Variables (encX : X -> M) (encY : Y -> M) (tag_message : M).
Variables (parent : A -> option A) (refused_symbol : Y) (refused_key : K).
Variables (W : finType) (w0 : W) (t : W -> linker A X K Y).
Hypothesis wf : well_formed encX encY tag_message parent.

Let wins := wins F encX encY tag_message parent refused_symbol refused_key t.
Let adversary := step_adversary F encX encY tag_message parent refused_symbol refused_key t.
Let delta : rat := chain_risk F encX.

(** The advantage of one hop. *)
Definition hop_adv (h : hop A) : rat := adv F (adversary (family parent (hop_family h)) (hop_modes h) (hop_scope h)).

Lemma delta_ge0 : 0 <= delta.
Proof. exact: pr_ge0. Qed.

Lemma childless a b : parent a = Some b -> forall e, parent e <> Some a.
Proof. by move=> pa e /(depth_two wf); rewrite pa. Qed.

(** All eligibility scopes below [s] change their first stage, while no key of the family is taken. *)
Lemma sweep s (L : seq A) m c : {subset L <= below parent s} ->
  `|wins (family parent s) c - wins (family parent s) (turn L m c)|
    <= \sum_(h <- sweep_hops s L m c) hop_adv h + \sum_(a <- L) 2%:R * delta.
Proof.
elim: L c => [|a L IH] c sub; first by rewrite !big_nil addr0 subrr normr0.
have pa : parent a = Some s by have := sub a (mem_head _ _); rewrite mem_below => /eqP.
have {}IH := IH (set_mode c a m) (fun b bL => sub b (mem_behead (s := a :: L) bL)).
rewrite /= !big_cons; apply: le_trans (pr_triangle _ (wins (family parent s) (set_mode c a m)) _) _.
rewrite addrA addrACA; apply: ler_add IH.
apply: le_trans (switch F refused_symbol refused_key w0 t wf _ _ _) _.
- by rewrite /family pa eqxx orbT.
- by move=> e /(childless pa).
rewrite /step_cost /hop_adv /= ler_add2l /step_risk pa mulr_natl mulr2n.
by case: eqP; rewrite ?lexx // => _; rewrite ler_addl delta_ge0.
Qed.

Definition turn_risk s : rat := (if parent s then delta else 0) + \sum_(a <- below parent s) 4%:R * delta.

Lemma turn_scope s c : c s = Left -> (forall a, parent a = Some s -> c a = Right) ->
  `|wins pred0 c - wins pred0 (set_mode c s Right)| <= \sum_(h <- scope_hops parent s c) hop_adv h + turn_risk s.
Proof.
move=> cs below_right.
have near a : family parent s a -> a = s \/ parent a = Some s by move=> /orP[/eqP|/eqP]; [left|right].
rewrite /wins (wins_open F encX encY _ _ _ t near cs erefl) -!/(wins _ _).
pose c1 := turn (below parent s) Dummy c; pose c2 := set_mode c1 s Right.
have s_below : s \notin below parent s.
  by rewrite mem_below; apply/eqP => ps; have := ps; rewrite (depth_two wf ps).
have -> : wins (family parent s) (set_mode c s Right) = wins (family parent s) (turn (below parent s) Right c2).
  apply: eq_wins => a; rewrite turnE /c2 /set_mode /c1 turnE mem_below.
  by case: eqP => [->|_]; case: eqP => // pa; rewrite ?below_right ?if_same.
apply: le_trans (pr_triangle _ (wins (family parent s) c1) _) _.
apply: le_trans (ler_add (lexx _) (pr_triangle _ (wins (family parent s) c2) _)) _.
have c1s : c1 s = Left by rewrite /c1 turnE (negbTE s_below).
have own : `|wins (family parent s) c1 - wins (family parent s) c2|
    <= (hop_adv (Hop s s c1) + hop_adv (Hop s s c2)) + (if parent s then delta else 0).
  apply: le_trans (switch F refused_symbol refused_key w0 t wf _ _ _) _.
  - by rewrite /family eqxx.
  - by move=> a pa; rewrite /c1 turnE mem_below pa eqxx.
  rewrite /step_cost c1s /step_risk /hop_adv /= ler_add2l.
  by case: (parent s) => [b|] //=; rewrite eqxx.
have there := sweep Dummy c (fun a => id : a \in below parent s -> _).
have back := sweep Right c2 (fun a => id : a \in below parent s -> _).
apply: le_trans (ler_add there (ler_add own back)) _.
have -> : turn_risk s = (if parent s then delta else 0)
    + (\sum_(a <- below parent s) 2%:R * delta + \sum_(a <- below parent s) 2%:R * delta).
  by rewrite /turn_risk -big_split; congr (_ + _); apply: eq_bigr => a _ /=; rewrite -mulrDl -natrD.
rewrite /scope_hops -/c1 -/c2 big_cat !big_cons /=.
set x := \sum_(h <- sweep_hops s _ Dummy _) _; set y := \sum_(h <- sweep_hops s _ Right _) _.
set z := \sum_(a <- below parent s) _; set w := if _ then _ else _; set u := hop_adv _; set v := hop_adv _.
by rewrite [u + (v + y)]addrA [u + v + w + _]addrACA [x + z + _]addrACA [z + (w + z)]addrCA lexx.
Qed.

Lemma turn_scopes (L : seq A) c : uniq L -> {in L, forall a, c a = Left} ->
    {in L, forall a b, parent b = Some a -> c b = Right} ->
  `|wins pred0 c - wins pred0 (turn L Right c)|
    <= \sum_(h <- turn_hops parent L c) hop_adv h + \sum_(a <- L) turn_risk a.
Proof.
elim: L c => [|a L IH] c /=; first by rewrite !big_nil addr0 subrr normr0.
case/andP => aL uL left below_right.
rewrite big_cat big_cons addrACA; apply: le_trans (pr_triangle _ (wins pred0 (set_mode c a Right)) _) _.
apply: ler_add.
  by apply: turn_scope; [apply: left | apply: below_right]; rewrite mem_head.
apply: IH => // [b bL|b bL e pe]; rewrite /set_mode.
  by case: eqP => [e|_]; [rewrite -e bL in aL | apply: left; rewrite inE bL orbT].
by case: eqP => // _; apply: below_right pe; rewrite inE bL orbT.
Qed.

(** ** The theorem for independent keys

    |Pr[yes in the left world] - Pr[yes in the right world]|
      <= sum of the advantages of the hops, and 5 delta for each eligibility scope,
    delta the probability that two numbers have one insurers' symbol. *)
Lemma sum_turn_risk : \sum_a turn_risk a = \sum_a (if parent a then 5%:R * delta else 0).
Proof.
rewrite big_split /= sum_below -big_split; apply: eq_bigr => a _ /=.
by case: (parent a) => [b|] /=; rewrite ?addr0 // -[X in X + _]mul1r -mulrDl -(natrD _ 1 4).
Qed.

Theorem linking_independent_keys :
  `|wins pred0 (fun=> Left) - wins pred0 (fun=> Right)|
    <= \sum_(h <- hops parent) hop_adv h + \sum_a (if parent a then 5%:R * delta else 0).
Proof.
have m1 a : (a \in chained parent) = (parent a : bool) by rewrite mem_filter mem_enum andbT.
have m2 a : (a \in direct parent) = ~~ parent a by rewrite mem_filter mem_enum andbT.
pose c1 := turn (chained parent) Right (fun=> Left).
have -> : wins pred0 (fun=> Right) = wins pred0 (turn (direct parent) Right c1).
  by apply: eq_wins => a; rewrite turnE /c1 turnE m1 m2; case: (parent a : bool).
apply: le_trans (pr_triangle _ (wins pred0 c1) _) _.
rewrite -sum_turn_risk -(sum_all parent) /hops big_cat addrACA ler_add //=.
  apply: turn_scopes => // [|a]; first by rewrite filter_uniq // enum_uniq.
  by rewrite m1; case pa: (parent a) => [b|] // _ e /(childless pa).
apply: turn_scopes => // [|a|a].
- by rewrite filter_uniq // enum_uniq.
- by rewrite m2 /c1 turnE m1 => /negbTE ->.
by move=> _ b pb; rewrite /c1 turnE m1 pb.
Qed.

End Hybrid.
