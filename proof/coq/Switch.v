(** * One step of the proof: one scope answers for other persons

    The keys of the scopes are independent and uniform here. Beside them stands one more key, of nobody's scope:
    a second insurers' stage that a step may put under the eligibility symbols. A configuration says for each
    scope which persons it answers for, and which stage lies below it. *)

From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Variant mode := Left | Right | Dummy.

Section Scopes.
Variables (A : finType) (X : finType) (K M Y : finType) (F : K -> M -> Y).
Variables (encX : X -> M) (encY : Y -> M) (tag_message : M).
Variables (parent : A -> option A) (refused_symbol : Y) (refused_key : K).

(** What the construction must fulfil: injective encodings, the tag's message apart from both, and no scope
    below a scope that is below a scope. *)
Record well_formed : Prop := WellFormed {
  encX_inj : injective encX;
  encY_inj : injective encY;
  encX_tag : forall x, encX x != tag_message;
  encY_tag : forall y, encY y != tag_message;
  depth_two : forall a b, parent a = Some b -> parent b = None
}.

Definition keys := {ffun option A -> K}.
Implicit Types (ks : keys) (c : A -> mode) (a s : A) (p : X * X) (closed : pred A).

Definition source (m : mode) a : option A := if m is Dummy then None else Some a.
Definition person (m : mode) p : X := if m is Left then p.1 else p.2.

Definition value ks a (m : M) : Y := F (ks (Some a)) m.

Definition place ks c a p : M :=
  let x := person (c a) p in
  if parent a is Some b then encY (F (ks (source (c a) b)) (encX x)) else encX x.

Definition game closed ks c (t : linker A X K Y) : bool :=
  run parent tag_message refused_symbol refused_key (value ks) (place ks c) (fun a => ks (Some a)) closed
      t [::] [::].

Definition set_mode c a (m : mode) : A -> mode := fun b => if b == a then m else c b.

(** Two numbers have one symbol under this key. *)
Definition doubles (k : K) : bool := ~~ injectiveb (fun x => F k (encX x)).
Definition chain_risk : rat := pr doubles.

Section Family.
Variables (W : finType) (w0 : W) (t : W -> linker A X K Y).

(** Pr[the adversary says yes], over its coins and the keys. *)
Definition wins closed c : rat := E (fun w => E (fun ks : keys => (game closed ks c (t w))%:R)).

(** The distinguisher of one step, with its oracle at scope [s]. Its coins are the adversary's and all keys. *)
Definition step_adversary closed c s (w : W * keys) : tree M Y :=
  reduction parent tag_message refused_symbol refused_key (value w.2) (place w.2 c) (fun a => w.2 (Some a)) closed
            s (t w.1) [::] [::].

Lemma eq_wins closed c c' : c =1 c' -> wins closed c = wins closed c'.
Proof.
move=> cc; apply: eq_E => w; apply: eq_E => ks; congr (_%:R); congr nat_of_bool.
by apply: eq_run => // a p; rewrite /place cc.
Qed.

Hypothesis wf : well_formed.

(** With a fresh key at [s], the game is its reduction with the real oracle. *)
Lemma wins_real closed c s : closed s -> (forall a, parent a = Some s -> c a = Dummy) ->
  wins closed c = E (fun w => E (fun k => says (F k) (step_adversary closed c s w))).
Proof.
move=> cs apart.
rewrite E_prod; apply: eq_E => w; rewrite -(E_fresh refused_key (Some s)); apply: eq_E => ks; apply: eq_E => k.
rewrite /says exec_reduction; congr (_%:R); congr nat_of_bool; apply: eq_run => /= [a m|a p|a na].
- by rewrite /value ffunE; case: eqP => [[->]|ne]; [rewrite eqxx | case: eqP => // e; case: ne; rewrite e].
- rewrite /place; case pa: (parent a) => [b|] //; congr (encY (F _ _)); rewrite update_other //.
  by case ca: (c a) => //=; apply/eqP => -[e]; subst b; rewrite apart in ca.
- by rewrite update_other //; apply/eqP => -[e]; rewrite e cs in na.
Qed.

Definition step_risk s (m m' : mode) : rat :=
  if parent s is Some b then (if source m b == source m' b then chain_risk else chain_risk + chain_risk) else 0.

Definition bad s (m m' : mode) ks : bool :=
  if parent s is Some b
  then (if source m b == source m' b then doubles (ks (source m b))
        else doubles (ks (source m b)) || doubles (ks (source m' b)))
  else false.

Lemma pr_doubles (i : option A) : pr (fun ks : keys => doubles (ks i)) = chain_risk.
Proof.
rewrite /pr -(E_fresh refused_key i) (eq_E (g := fun=> chain_risk)).
  exact: E_const (card_ffun_gt0 _ refused_key).
by move=> ks; apply: eq_E => k; rewrite update_same.
Qed.

Lemma pr_bad s m m' : pr (bad s m m') <= step_risk s m m'.
Proof.
rewrite /bad /step_risk; case: (parent s) => [b|]; last by rewrite /pr /E big1 ?mul0r.
by case: eqP => _; [rewrite pr_doubles | rewrite (le_trans (pr_or _ _)) // !pr_doubles].
Qed.

(** Where no two numbers share the lower symbol, places repeat exactly where persons do. *)
Lemma place_eq ks c s p q :
    (if parent s is Some b then ~~ doubles (ks (source (c s) b)) else true) ->
  (place ks c s p == place ks c s q) = (person (c s) p == person (c s) q).
Proof.
rewrite /place; case: (parent s) => [b|] good; last exact: inj_eq (encX_inj wf) _ _.
by rewrite (inj_eq (encY_inj wf)); rewrite negbK in good; exact: inj_eq (injectiveP _ good) _ _.
Qed.

Lemma wins_ideal closed c s m : closed s -> (forall a, parent a = Some s -> c a = Dummy) ->
  let random c := E (fun w => E (fun f : {ffun M -> Y} => says f (step_adversary closed c s w))) in
  `|random c - random (set_mode c s m)| <= step_risk s (c s) m.
Proof.
move=> cs apart; apply: le_trans (pr_bad s (c s) m).
have -> : pr (bad s (c s) m) = pr (fun w : W * keys => bad s (c s) m w.2).
  rewrite /pr (E_pair (fun (_ : W) ks => (bad s (c s) m ks)%:R)) E_const //.
  by apply/card_gt0P; exists w0.
have avg (D : W * keys -> tree M Y) w : 0 <= E (fun f : {ffun M -> Y} => says f (D w)) <= 1.
  have f0 := card_ffun_gt0 M refused_symbol.
  rewrite E_ge0 => [|f]; last by case/andP: (says_bounds f (D w)).
  by rewrite -[X in _ <= X](E_const 1 f0) E_le // => f; case/andP: (says_bounds f (D w)).
apply: E_until_bad => [w|w|[w ks] /= good]; try exact: avg.
apply: (twin_says refused_symbol); apply: twin_reductions => /= [a p na|p q pat|p|p].
- by rewrite /place /set_mode (negbTE na).
- rewrite !place_eq /set_mode ?eqxx; last first.
  + by move: good; rewrite /bad; case: (parent s) => // b; case: eqP => // _; rewrite negb_or => /andP[].
  + by move: good; rewrite /bad; case: (parent s) => // b; case: eqP => [<-|_] //; rewrite negb_or => /andP[].
  by case: (c s); case: m good; rewrite /= ?pat.
- by rewrite /place; case: (parent s) => [b|]; [exact: encY_tag wf _ | exact: encX_tag wf _].
- by rewrite /place; case: (parent s) => [b|]; [exact: encY_tag wf _ | exact: encX_tag wf _].
Qed.

Definition step_cost closed c s m : rat :=
  adv F (step_adversary closed c s) + adv F (step_adversary closed (set_mode c s m) s) + step_risk s (c s) m.

(** The step: as long as no key of [closed] is taken, scope [s] may change its mode. *)
Lemma switch closed c s m : closed s -> (forall a, parent a = Some s -> c a = Dummy) ->
  `|wins closed c - wins closed (set_mode c s m)| <= step_cost closed c s m.
Proof.
move=> cs apart.
have apart' a : parent a = Some s -> set_mode c s m a = Dummy.
  move=> pa; rewrite /set_mode; case: eqP => [ea|_]; last exact: apart.
  by have := pa; rewrite ea (depth_two wf pa).
rewrite (wins_real cs apart) (wins_real cs apart').
have := wins_ideal m cs apart; rewrite /step_cost /adv.
set i1 := E _; set i2 := E _; set r1 := E _; set r2 := E _ => /= ii.
apply: le_trans (pr_triangle _ i1 _) _; rewrite -addrA ler_add2l.
by apply: le_trans (pr_triangle _ i2 _) _; rewrite addrC ler_add // distrC.
Qed.

(** Turning a scope from left to right changes nothing in the runs in which its key, or that of a scope above it,
    is taken. *)
Lemma wins_open closed c s m : (forall a, closed a -> a = s \/ parent a = Some s) -> c s = Left -> m = Right ->
  wins pred0 c - wins pred0 (set_mode c s m) = wins closed c - wins closed (set_mode c s m).
Proof.
move=> near cs ->; set c' := set_mode c s Right.
rewrite /wins -!E_sub; apply: eq_E => w; rewrite -!E_sub; apply: eq_E => ks; rewrite /game.
have same : forall a p, (a == s -> p.1 = p.2) -> place ks c a p = place ks c' a p.
  move=> a p; rewrite /place /c' /set_mode; case: eqP => // -> same.
  by rewrite cs /= same.
rewrite !(run_split _ _ _ _ _ _ closed) !natrD (run_taken_same _ _ _ _ _ near _ _ _ same).
by rewrite opprD addrACA subrr addr0.
Qed.

End Family.
End Scopes.
