(** * The ideal world: an independent random function for each scope

    What can be learned there is exactly which rows of one scope are equal, and all of a scope whose function is
    given away. The first theorem says that nothing else is learned, the second that this much is. *)

From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(** Pairs that repeat alike on both sides extend to a permutation. *)
Lemma perm_of_pairs (X : finType) (w : seq (X * X)) :
    {in w &, forall p q, (p.1 == q.1) = (p.2 == q.2)} ->
  exists s : {perm X}, {in w, forall p, s p.1 = p.2}.
Proof.
elim: w => [|p w IH] pat; first by exists 1%g.
have [|s sP] := IH; first by move=> q r qw rw; apply: pat; rewrite inE ?qw ?rw orbT.
exists (s * tperm (s p.1) p.2)%g => q; rewrite inE permM => /predU1P[->|qw]; first by rewrite tpermL.
have pq := pat p q (mem_head _ _); rewrite inE qw orbT in pq; have {}pq := pq isT.
case: (eqVneq p.1 q.1) pq => [e|ne] /esym e2; first by rewrite -e -(eqP e2) tpermL.
by rewrite tpermD ?(inj_eq perm_inj) ?ne // (sP q qw) ?e2.
Qed.

Section Ideal.
Variables (A X Y : finType) (y0 : Y).

Definition functions := {ffun A -> {ffun X -> Y}}.
Implicit Types (D : A -> seq X) (f : functions) (taken : pred A).

(** The rows of every scope, and the whole function of every scope whose key was taken. *)
Definition view D taken f : {ffun A -> seq Y * option {ffun X -> Y}} :=
  [ffun a => (map (f a) (D a), if taken a then Some (f a) else None)].

(** Perfect unlinkability: two datasets with the same pattern of equal rows within each scope, equal where the
    function is given away, have one distribution of views. Which persons two scopes share does not show. *)
Theorem ideal_unlinkable D0 D1 taken (P : pred {ffun A -> seq Y * option {ffun X -> Y}}) :
    (forall a, size (D0 a) = size (D1 a)) ->
    (forall a, {in zip (D0 a) (D1 a) &, forall p q, (p.1 == q.1) = (p.2 == q.2)}) ->
    (forall a, taken a -> D0 a = D1 a) ->
  pr (fun f => P (view D0 taken f)) = pr (fun f => P (view D1 taken f)).
Proof.
move=> sizes pattern same.
have ex a : exists s : {perm X}, (map s (D0 a) == D1 a) && (taken a ==> (s == 1%g)).
  case ta: (taken a); first by exists 1%g; rewrite (same a ta) eqxx andbT -[X in _ == X]map_id; apply/eqP/eq_map/perm1.
  have [s sP] := perm_of_pairs (pattern a); exists s; rewrite andbT; apply/eqP.
  have e1 : unzip1 (zip (D0 a) (D1 a)) = D0 a by rewrite unzip1_zip ?sizes.
  have e2 : unzip2 (zip (D0 a) (D1 a)) = D1 a by rewrite unzip2_zip ?sizes.
  have : map s (unzip1 (zip (D0 a) (D1 a))) = unzip2 (zip (D0 a) (D1 a)).
    by rewrite -map_comp; apply/eq_in_map => p /sP.
  by rewrite e1 e2.
pose s a := xchoose (ex a).
have sD a : map (s a) (D0 a) = D1 a by have /andP[/eqP] := xchooseP (ex a).
have s1 a : taken a -> s a = 1%g by have /andP[_ /implyP h] := xchooseP (ex a); move=> /h/eqP.
pose tau f : functions := [ffun a => [ffun x => f a (s a x)]].
have tau_inj : injective tau.
  move=> f g /ffunP fg; apply/ffunP => a; apply/ffunP => x.
  by have := fg a; rewrite !ffunE => /ffunP/(_ (((s a)^-1)%g x)); rewrite !ffunE permKV.
rewrite -(pr_reindex _ tau_inj); apply: eq_pr => f; congr P; apply/ffunP => a; rewrite !ffunE.
congr (_, _); first by rewrite -sD -map_comp; apply: eq_map => x; rewrite ffunE.
by case: ifP => // ta; congr Some; apply/ffunP => x; rewrite ffunE s1 // perm1.
Qed.

(** The converse: where rows i and j of a scope are equal in one dataset and not in the other, comparing them tells
    the datasets apart but for a collision. Excluding such datasets is necessary. *)
Theorem pattern_is_necessary D0 D1 taken a i j (x0 : X) :
    size (D0 a) = size (D1 a) -> (i < size (D0 a))%N -> (j < size (D0 a))%N ->
    nth x0 (D0 a) i = nth x0 (D0 a) j -> nth x0 (D1 a) i != nth x0 (D1 a) j ->
  let P v := nth y0 (v a).1 i == nth y0 (v a).1 j in
  pr (fun f => P (view D0 taken f)) - pr (fun f => P (view D1 taken f)) = 1 - #|Y|%:R^-1.
Proof.
move=> sizes iN jN e0 ne1 P.
have Y0 := card_ffun_gt0 X y0; have g0 : {ffun X -> Y} := [ffun=> y0].
have F0 := card_ffun_gt0 A g0; congr (_ - _).
  rewrite -[RHS](E_const 1 F0); apply: eq_E => f.
  by rewrite /P !ffunE /= !(nth_map x0) // e0 eqxx.
rewrite /pr -(E_fresh g0 a) -[RHS](E_const _ F0); apply: eq_E => f.
rewrite -(pr_collision y0 ne1); apply: eq_E => g.
by rewrite /P !ffunE /= eqxx !(nth_map x0) -?sizes.
Qed.

End Ideal.

(** ** Rows

    A secret uniform rearrangement hits any guess with probability 1/n. *)
Lemma pr_row (n : nat) (i j : 'I_n) : pr (fun s : {perm 'I_n} => s j == i) = n%:R^-1.
Proof.
have S0 : (0 < #|{: {perm 'I_n}}|)%N by apply/card_gt0P; exists 1%g.
rewrite /pr (E_push (fun k => (k == i)%:R) S0 (h := fun s : {perm 'I_n} => s j)); last first.
  move=> u v; exists (fun s => (s * tperm u v)%g); first exact: mulIg.
  by move=> s su; rewrite permM su tpermL.
by rewrite /E (bigD1 i) //= eqxx big1 ?addr0 ?mul1r ?card_ord // => k /negbTE ->.
Qed.

Section Rows.
Variables (X Y : finType) (n : nat) (xs : 'I_n -> X).
Hypothesis xs_inj : injective xs.
Variable strategy : {ffun 'I_n -> Y} -> {ffun 'I_n -> Y} -> 'I_n -> 'I_n.

(** n persons at two scopes, the second in a secret order. *)
Definition rows (f : {ffun X -> Y}) (s : {perm 'I_n}) : {ffun 'I_n -> Y} := [ffun i => f (xs (s i))].

(** Whatever the strategy, row j is linked right with probability 1/n. *)
Theorem ideal_row_guess (y0 : Y) (j : 'I_n) :
  E (fun f : {ffun X -> Y} => E (fun s : {perm 'I_n} => pr (fun g : {ffun X -> Y} =>
     strategy (rows f 1%g) (rows g s) j == s j))) = n%:R^-1.
Proof.
have F0 := card_ffun_gt0 X y0.
rewrite -[RHS](E_const _ F0); apply: eq_E => f.
pose blind g (s : {perm 'I_n}) : rat := (strategy (rows f 1%g) (rows g 1%g) j == s j)%:R.
have -> : E (fun s : {perm 'I_n} => pr (fun g : {ffun X -> Y} => strategy (rows f 1%g) (rows g s) j == s j))
    = E (fun s : {perm 'I_n} => E (fun g => blind g s)).
  apply: eq_E => s.
  have [p pP] : exists p : {perm X}, {in [seq (xs (s i), xs i) | i <- enum 'I_n], forall q, p q.1 = q.2}.
    apply: perm_of_pairs => _ _ /mapP[i _ ->] /mapP[k _ ->] /=.
    by rewrite !(inj_eq xs_inj) (inj_eq perm_inj).
  have pi_inj : injective (fun g : {ffun X -> Y} => [ffun x => g (p x)] : {ffun X -> Y}).
    by move=> g h /ffunP gh; apply/ffunP => x; have := gh ((p^-1)%g x); rewrite !ffunE permKV.
  rewrite /pr -(E_reindex _ pi_inj); apply: eq_E => g; congr (_ == _)%:R; congr (strategy _ _ _).
  apply/ffunP => i; rewrite !ffunE perm1.
  by rewrite (pP (xs (s i), xs i)) //; apply/mapP; exists i; rewrite ?mem_enum.
rewrite E_exchange -[RHS](E_const _ F0); apply: eq_E => g.
rewrite -(pr_row (strategy (rows f 1%g) (rows g 1%g) j) j).
by apply: eq_E => s; rewrite /blind eq_sym.
Qed.

(** The expected number of rows linked right is 1 of n. *)
Theorem ideal_row_hits (y0 : Y) : (0 < n)%N ->
  \sum_j E (fun f : {ffun X -> Y} => E (fun s : {perm 'I_n} => pr (fun g : {ffun X -> Y} =>
     strategy (rows f 1%g) (rows g s) j == s j))) = 1.
Proof.
move=> n0; rewrite (eq_bigr (fun=> n%:R^-1)) => [|j _]; last exact: ideal_row_guess.
by rewrite sumr_const card_ord -[n%:R^-1 *+ n]mulr_natr mulVf // pnatr_eq0 -lt0n.
Qed.

End Rows.
