(** * The hops: which distinguishers the proof pays for

    A hop is one use of the pseudorandomness of one scope's function: the scope, the family whose keys are not taken
    in the runs that it looks at, and for each scope the persons that it answers for. The list is explicit, and the
    theorems sum over it: nothing is assumed of any other adversary. *)

From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Hops.
Variables (A : finType) (parent : A -> option A).

(** A scope and those derived from it. *)
Definition family s : pred A := fun a => (a == s) || (parent a == Some s).
Definition below s : seq A := [seq a <- enum A | parent a == Some s].

Record hop := Hop { hop_scope : A; hop_family : A; hop_modes : A -> mode }.

Definition turn (L : seq A) (m : mode) (c : A -> mode) : A -> mode := foldl (fun c' a => set_mode c' a m) c L.

(** All of [L] change their mode, one at a time, as long as no key of the family of [s] is taken. *)
Fixpoint sweep_hops (s : A) (L : seq A) m c : seq hop :=
  if L is a :: L' then Hop a s c :: Hop a s (set_mode c a m) :: sweep_hops s L' m (set_mode c a m) else [::].

(** [s] turns: what is below it steps aside, [s] turns, what is below it comes back. *)
Definition scope_hops s c : seq hop :=
  let aside := turn (below s) Dummy c in
  let turned := set_mode aside s Right in
  sweep_hops s (below s) Dummy c ++ Hop s s aside :: Hop s s turned :: sweep_hops s (below s) Right turned.

Fixpoint turn_hops (L : seq A) c : seq hop :=
  if L is a :: L' then scope_hops a c ++ turn_hops L' (set_mode c a Right) else [::].

Definition chained : seq A := [seq a <- enum A | parent a : bool].
Definition direct : seq A := [seq a <- enum A | ~~ parent a].

(** First the scopes with a first stage, then the others. *)
Definition hops : seq hop := turn_hops chained (fun=> Left) ++ turn_hops direct (turn chained Right (fun=> Left)).

Lemma turnE L m c a : turn L m c a = if a \in L then m else c a.
Proof.
rewrite /turn; elim: L c => //= b L IH c; rewrite IH inE /set_mode.
by case: eqP => //= _; rewrite if_same.
Qed.

Lemma mem_below s a : (a \in below s) = (parent a == Some s).
Proof. by rewrite mem_filter mem_enum andbT. Qed.

Variable f : A -> rat.

Lemma sum_sweep_hops s L m c : \sum_(h <- sweep_hops s L m c) f (hop_scope h) = \sum_(a <- L) 2%:R * f a.
Proof. by elim: L c => [|a L IH] c; rewrite ?big_nil //= !big_cons IH /= addrA mulr_natl mulr2n. Qed.

Lemma sum_turn_hops L c :
  \sum_(h <- turn_hops L c) f (hop_scope h) = \sum_(s <- L) (2%:R * f s + \sum_(a <- below s) 4%:R * f a).
Proof.
elim: L c => [|s L IH] c; rewrite ?big_nil //= !big_cons big_cat IH /=; congr (_ + _).
rewrite /scope_hops big_cat !big_cons /= !sum_sweep_hops.
have -> : \sum_(a <- below s) 4%:R * f a = \sum_(a <- below s) 2%:R * f a + \sum_(a <- below s) 2%:R * f a.
  by rewrite -big_split; apply: eq_bigr => a _ /=; rewrite -mulrDl -natrD.
rewrite [2%:R * f s]mulr_natl mulr2n; move: (\sum_(a <- below s) _) => x.
by rewrite -addrA [in LHS]addrCA [x + (f s + x)]addrCA.
Qed.

Lemma sum_below (g : A -> rat) : \sum_s \sum_(a <- below s) g a = \sum_a (if parent a then g a else 0).
Proof.
rewrite (eq_bigr (fun s => \sum_a (if parent a == Some s then g a else 0))); last first.
  by move=> s _; rewrite /below big_filter -big_mkcond /= big_enum_cond.
rewrite exchange_big; apply: eq_bigr => a _ /=; case: (parent a) => [b|]; last by rewrite big1.
by rewrite (bigD1 b) //= eqxx big1 ?addr0 // => s /negbTE sb; case: eqP => // -[e]; rewrite e eqxx in sb.
Qed.

Lemma sum_all (g : A -> rat) : \sum_(s <- chained) g s + \sum_(s <- direct) g s = \sum_s g s.
Proof. by rewrite !big_filter !big_enum_cond -bigID. Qed.

(** Two hops for each scope, and four more for each scope with a first stage. *)
Theorem sum_hops : \sum_(h <- hops) f (hop_scope h) = \sum_s (if parent s then 6%:R * f s else 2%:R * f s).
Proof.
rewrite /hops big_cat /= !sum_turn_hops sum_all big_split /= sum_below -big_split; apply: eq_bigr => a _ /=.
by case: (parent a) => [b|] /=; rewrite ?addr0 // -mulrDl -natrD.
Qed.

End Hops.
