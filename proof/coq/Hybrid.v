(** * From the left world to the right one, scope by scope

    First the eligibility symbols turn, then the scopes that symbols are derived for directly. When the insurers'
    scope turns, a second first stage is put under the eligibility symbols for the while, so that they do not
    show which persons the insurers' symbols are for; this only in runs in which no key of that family is taken,
    for in the others there is nothing to turn. No step guesses which keys will be taken: adaptive corruption
    costs no factor. *)

From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch.
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

(** A scope and those derived from it. *)
Definition family s : pred A := fun a => (a == s) || (parent a == Some s).
Definition below s : seq A := [seq a <- enum A | parent a == Some s].

Let wins := wins F encX encY tag_message parent refused_symbol refused_key t.
Let adversary := step_adversary F encX encY tag_message parent refused_symbol refused_key t.
Let delta : rat := chain_risk F encX.
Let turn (L : seq A) (m : mode) (c : A -> mode) : A -> mode := foldl (fun c' a => set_mode c' a m) c L.

Variable eps : A -> rat.
Hypothesis eps_bound : forall b s c, adv F (adversary (family b) c s) <= eps s.

Lemma delta_ge0 : 0 <= delta.
Proof. exact: pr_ge0. Qed.

Lemma eps_ge0 s : 0 <= eps s.
Proof. exact: le_trans (adv_ge0 F _) (eps_bound s s (fun=> Left)). Qed.

Lemma turnE L m c a : turn L m c a = if a \in L then m else c a.
Proof.
rewrite /turn; elim: L c => //= b L IH c; rewrite IH inE /set_mode.
by case: eqP => //= _; rewrite if_same.
Qed.

Lemma childless a b : parent a = Some b -> forall e, parent e <> Some a.
Proof. by move=> pa e /(depth_two wf); rewrite pa. Qed.

Lemma mem_below s a : (a \in below s) = (parent a == Some s).
Proof. by rewrite mem_filter mem_enum andbT. Qed.

(** All eligibility scopes below [s] change their first stage, while no key of the family is taken. *)
Lemma sweep s (L : seq A) m c : {subset L <= below s} ->
  `|wins (family s) c - wins (family s) (turn L m c)| <= \sum_(a <- L) (2%:R * eps a + 2%:R * delta).
Proof.
elim: L c => [|a L IH] c sub; first by rewrite big_nil subrr normr0.
have pa : parent a = Some s by have := sub a (mem_head _ _); rewrite mem_below => /eqP.
rewrite big_cons; apply: le_trans (pr_triangle _ (wins (family s) (set_mode c a m)) _) _.
apply: ler_add; last by apply: IH => b bL; apply: sub; rewrite inE bL orbT.
apply: le_trans (switch F refused_symbol refused_key w0 t wf _ _ _) _.
- by rewrite /family pa eqxx orbT.
- by move=> e /(childless pa).
rewrite /step_cost !mulr_natl !mulr2n !ler_add ?eps_bound // /step_risk pa.
by case: eqP; rewrite ?lexx // => _; rewrite ler_addl delta_ge0.
Qed.

Definition turn_cost s : rat :=
  2%:R * eps s + (if parent s then delta else 0) + \sum_(a <- below s) (4%:R * eps a + 4%:R * delta).

Lemma turn_scope s c : c s = Left -> (forall a, parent a = Some s -> c a = Right) ->
  `|wins pred0 c - wins pred0 (set_mode c s Right)| <= turn_cost s.
Proof.
move=> cs below_right.
have near a : family s a -> a = s \/ parent a = Some s by move=> /orP[/eqP|/eqP]; [left|right].
rewrite /wins (wins_open F encX encY _ _ _ t near cs erefl) -!/(wins _ _).
pose c1 := turn (below s) Dummy c; pose c2 := set_mode c1 s Right.
have s_below : s \notin below s.
  by rewrite mem_below; apply/eqP => ps; have := ps; rewrite (depth_two wf ps).
have -> : wins (family s) (set_mode c s Right) = wins (family s) (turn (below s) Right c2).
  apply: eq_wins => a; rewrite turnE /c2 /set_mode /c1 turnE mem_below.
  by case: eqP => [->|_]; case: eqP => // pa; rewrite ?below_right ?if_same.
apply: le_trans (pr_triangle _ (wins (family s) c1) _) _.
apply: le_trans (ler_add (lexx _) (pr_triangle _ (wins (family s) c2) _)) _.
have four : \sum_(a <- below s) (4%:R * eps a + 4%:R * delta)
    = (\sum_(a <- below s) (2%:R * eps a + 2%:R * delta)) *+ 2.
  by rewrite -sumrMnl; apply: eq_bigr => a _; rewrite mulrnDl -!mulrnAl -!mulrnA.
rewrite /turn_cost four mulr2n.
have c1s : c1 s = Left by rewrite /c1 turnE (negbTE s_below).
have own : `|wins (family s) c1 - wins (family s) c2| <= 2%:R * eps s + (if parent s then delta else 0).
  apply: le_trans (switch F refused_symbol refused_key w0 t wf _ _ _) _.
  - by rewrite /family eqxx.
  - by move=> a pa; rewrite /c1 turnE mem_below pa eqxx.
  rewrite /step_cost c1s /step_risk mulr_natl mulr2n; apply: ler_add.
    by apply: ler_add; exact: eps_bound.
  by case: (parent s) => [b|] //=; rewrite eqxx.
have there := sweep Dummy c (fun a => id : a \in below s -> _).
have back := sweep Right c2 (fun a => id : a \in below s -> _).
by apply: le_trans (ler_add there (ler_add own back)) _; rewrite addrCA.
Qed.

Lemma turn_scopes (L : seq A) c : uniq L -> {in L, forall a, c a = Left} ->
    {in L, forall a b, parent b = Some a -> c b = Right} ->
  `|wins pred0 c - wins pred0 (turn L Right c)| <= \sum_(a <- L) turn_cost a.
Proof.
elim: L c => [|a L IH] c /=; first by rewrite big_nil subrr normr0.
case/andP => aL uL left below_right.
rewrite big_cons; apply: le_trans (pr_triangle _ (wins pred0 (set_mode c a Right)) _) _.
apply: ler_add.
  by apply: turn_scope; [apply: left | apply: below_right]; rewrite mem_head.
apply: IH => // [b bL|b bL e pe]; rewrite /set_mode.
  by case: eqP => [e|_]; [rewrite -e bL in aL | apply: left; rewrite inE bL orbT].
by case: eqP => // _; apply: below_right pe; rewrite inE bL orbT.
Qed.

(** ** The theorem for independent keys

    |Pr[yes in the left world] - Pr[yes in the right world]|
      <= sum over scopes of 2 eps, and for each eligibility scope 4 eps + 5 delta more,
    delta the probability that two numbers have one insurers' symbol. *)
Definition linking_bound : rat :=
  \sum_a (if parent a then 6%:R * eps a + 5%:R * delta else 2%:R * eps a).

Lemma sum_turn_cost : \sum_a turn_cost a = linking_bound.
Proof.
rewrite /linking_bound /turn_cost big_split /=.
have -> : \sum_s \sum_(a <- below s) (4%:R * eps a + 4%:R * delta)
    = \sum_a (if parent a then 4%:R * eps a + 4%:R * delta else 0).
  rewrite (eq_bigr (fun s => \sum_a (if parent a == Some s then 4%:R * eps a + 4%:R * delta else 0))); last first.
    by move=> s _; rewrite /below big_filter -big_mkcond /= big_enum_cond.
  rewrite exchange_big; apply: eq_bigr => a _ /=; case: (parent a) => [b|]; last by rewrite big1.
  by rewrite (bigD1 b) //= eqxx big1 ?addr0 // => s /negbTE sb; case: eqP => // -[e]; rewrite e eqxx in sb.
rewrite -big_split; apply: eq_bigr => a _ /=; case: (parent a) => [b|] /=; last by rewrite !addr0.
rewrite addrACA -mulrDl -natrD; congr (_ + _).
by rewrite -[X in X + _]mul1r -mulrDl -(natrD _ 1 4).
Qed.

Theorem linking_independent_keys :
  `|wins pred0 (fun=> Left) - wins pred0 (fun=> Right)| <= linking_bound.
Proof.
pose L1 := [seq a <- enum A | parent a : bool]; pose L2 := [seq a <- enum A | ~~ parent a].
have m1 a : (a \in L1) = (parent a : bool) by rewrite mem_filter mem_enum andbT.
have m2 a : (a \in L2) = ~~ parent a by rewrite mem_filter mem_enum andbT.
pose c1 := turn L1 Right (fun=> Left).
have -> : wins pred0 (fun=> Right) = wins pred0 (turn L2 Right c1).
  by apply: eq_wins => a; rewrite turnE /c1 turnE m1 m2; case: (parent a : bool).
have listed (P : pred A) : \sum_(a | P a) turn_cost a = \sum_(a <- [seq a <- enum A | P a]) turn_cost a.
  by rewrite big_filter big_enum_cond.
apply: le_trans (pr_triangle _ (wins pred0 c1) _) _.
rewrite -sum_turn_cost (bigID (fun a => parent a : bool)) /= ler_add //.
  rewrite listed; apply: turn_scopes => // [|a].
    by rewrite filter_uniq // enum_uniq.
  by rewrite m1; case pa: (parent a) => [b|] // _ e /(childless pa).
rewrite listed; apply: turn_scopes => // [|a|a].
- by rewrite filter_uniq // enum_uniq.
- by rewrite m2 /c1 turnE m1 => /negbTE ->.
by move=> _ b pb; rewrite /c1 turnE m1 pb.
Qed.

End Hybrid.
