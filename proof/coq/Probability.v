(** * Probability by counting

    Everything random is uniform on a finite type, so an expectation is a finite sum of rationals.

      E f   = (sum over t of f t) / #|T|
      pr P  = E of the indicator of P

    No real numbers, no measure theory, hence no axioms. *)

From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Lemma uniq_map_inj (S T : eqType) (f : S -> T) (r : seq S) x y :
  uniq (map f r) -> x \in r -> y \in r -> f x = f y -> x = y.
Proof.
elim: r => //= z r IH /andP[fz ur]; rewrite !in_cons => /predU1P[->|xr] /predU1P[->|yr] // e.
- by rewrite e map_f in fz.
- by rewrite -e map_f in fz.
- exact: IH ur xr yr e.
Qed.

Section Expectation.
Variable T : finType.
Implicit Types f g : T -> rat.

Definition E f : rat := (\sum_t f t) / #|T|%:R.

Lemma eq_E f g : f =1 g -> E f = E g.
Proof. by move=> fg; rewrite /E (eq_bigr _ (fun t _ => fg t)). Qed.

Lemma E_add f g : E (fun t => f t + g t) = E f + E g.
Proof. by rewrite /E big_split mulrDl. Qed.

Lemma E_opp f : E (fun t => - f t) = - E f.
Proof. by rewrite /E sumrN mulNr. Qed.

Lemma E_sub f g : E (fun t => f t - g t) = E f - E g.
Proof. by rewrite (E_add f (fun t => - g t)) E_opp. Qed.

Lemma E_scale x f : E (fun t => x * f t) = x * E f.
Proof. by rewrite /E -mulr_sumr mulrA. Qed.

Lemma E_sum (I : Type) (r : seq I) (F : I -> T -> rat) :
  E (fun t => \sum_(i <- r) F i t) = \sum_(i <- r) E (F i).
Proof. by rewrite /E exchange_big /= mulr_suml. Qed.

Lemma E_le f g : (forall t, f t <= g t) -> E f <= E g.
Proof.
by move=> fg; rewrite /E ler_wpmul2r ?invr_ge0 ?ler0n //; apply: ler_sum => t _; exact: fg.
Qed.

Lemma E_ge0 f : (forall t, 0 <= f t) -> 0 <= E f.
Proof.
by move=> f0; rewrite /E mulr_ge0 ?invr_ge0 ?ler0n //; apply: sumr_ge0 => t _; exact: f0.
Qed.

Lemma E_norm f : `|E f| <= E (fun t => `|f t|).
Proof.
rewrite /E normrM normfV normr_nat ler_wpmul2r ?invr_ge0 ?ler0n //.
exact: ler_norm_sum.
Qed.

Lemma E_reindex (h : T -> T) f : injective h -> E (fun t => f (h t)) = E f.
Proof. by move=> hi; rewrite /E [in RHS](reindex_inj hi). Qed.

Lemma E_const x : (0 < #|T|)%N -> E (fun=> x) = x.
Proof.
move=> T0; rewrite /E sumr_const -[x *+ _]mulr_natr mulfK //.
by rewrite pnatr_eq0 -lt0n.
Qed.

Definition pr (P : pred T) : rat := E (fun t => (P t)%:R).

Lemma eq_pr (P Q : pred T) : P =1 Q -> pr P = pr Q.
Proof. by move=> PQ; apply: eq_E => t; rewrite PQ. Qed.

Lemma pr_ge0 (P : pred T) : 0 <= pr P.
Proof. by apply: E_ge0 => t; exact: ler0n. Qed.

Lemma pr_le (P Q : pred T) : (forall t, P t -> Q t) -> pr P <= pr Q.
Proof.
move=> PQ; apply: E_le => t; rewrite ler_nat.
by case: (P t) (PQ t) => // ->.
Qed.

Lemma pr_reindex (h : T -> T) (P : pred T) : injective h -> pr (fun t => P (h t)) = pr P.
Proof. exact: (E_reindex (fun t => (P t)%:R)). Qed.

Lemma pr_or (P Q : pred T) : pr (fun t => P t || Q t) <= pr P + pr Q.
Proof.
rewrite -E_add; apply: E_le => t.
by rewrite -natrD ler_nat; case: (P t); case: (Q t).
Qed.

Lemma pr_has (I : eqType) (r : seq I) (P : I -> pred T) :
  pr (fun t => has (fun i => P i t) r) <= \sum_(i <- r) pr (P i).
Proof.
elim: r => [|i r IH] /=; first by rewrite big_nil /pr /E big1 ?mul0r.
by rewrite big_cons (le_trans (pr_or _ _)) // ler_add2l.
Qed.

Lemma pr_not (P : pred T) : (0 < #|T|)%N -> pr (fun t => ~~ P t) = 1 - pr P.
Proof.
move=> T0; rewrite -(E_const 1 T0) -E_sub; apply: eq_E => t.
by case: (P t); rewrite ?subrr ?subr0.
Qed.

Lemma pr_le1 (P : pred T) : pr P <= 1.
Proof.
have [T0|] := posnP #|T|; first by rewrite /pr /E T0 invr0 mulr0 ler01.
by move=> T0; rewrite -[X in _ <= X](E_const 1 T0); apply: E_le => t; case: (P t); rewrite ?lexx ?ler01.
Qed.

(** The number of rows of T that satisfy P, over the number of rows. *)
Lemma prE (P : pred T) : pr P = #|P|%:R / #|T|%:R.
Proof. by rewrite /pr /E -natr_sum -sum1_card [in RHS]big_mkcond. Qed.

(** Two runs that agree wherever [bad] does not hold are as close as [bad] is rare. *)
Lemma E_until_bad (f g : T -> rat) (bad : pred T) :
    (forall t, 0 <= f t <= 1) -> (forall t, 0 <= g t <= 1) ->
    (forall t, ~~ bad t -> f t = g t) ->
  `|E f - E g| <= pr bad.
Proof.
move=> f01 g01 fg; rewrite -E_sub (le_trans (E_norm _)) //; apply: E_le => t.
case b: (bad t); last by rewrite fg ?b // subrr normr0.
have /andP[f0 f1] := f01 t; have /andP[g0 g1] := g01 t.
rewrite ler_norml ler_subr_addr ler_subl_addr; apply/andP; split.
  by rewrite (le_trans _ f0) // addrC subr_le0.
by rewrite (le_trans f1) // ler_addl.
Qed.

End Expectation.

Lemma pr_triangle (x y z : rat) : `|x - z| <= `|x - y| + `|y - z|.
Proof. by rewrite (le_trans _ (ler_norm_add _ _)) // addrA subrK. Qed.

Section Pairs.
Variables S T : finType.

Lemma E_pair (f : S -> T -> rat) : E (fun p : S * T => f p.1 p.2) = E (fun s => E (f s)).
Proof.
by rewrite /E -mulr_suml pair_bigA card_prod natrM invfM mulrA mulrAC.
Qed.

Lemma E_prod (g : S * T -> rat) : E g = E (fun s => E (fun t => g (s, t))).
Proof. by rewrite -(E_pair (fun s t => g (s, t))); apply: eq_E => -[]. Qed.

Lemma E_exchange (f : S -> T -> rat) : E (fun s => E (f s)) = E (fun t => E (f^~ t)).
Proof.
rewrite /E -!mulr_suml exchange_big /= mulrAC.
by congr (_ / _).
Qed.

(** Push-forward: if the fibres of [h] can be exchanged, [h] of a uniform value is uniform. *)
Definition balanced (h : S -> T) :=
  forall u v : T, exists2 tau : S -> S, injective tau & forall s, h s = u -> h (tau s) = v.

Lemma E_push (h : S -> T) (f : T -> rat) :
  (0 < #|S|)%N -> balanced h -> E (fun s => f (h s)) = E f.
Proof.
move=> /card_gt0P[s0 _] bal; pose fib t := #|[pred s | h s == t]|.
have fibE u v : fib u = fib v.
  suff le x y : (fib x <= fib y)%N by apply/eqP; rewrite eqn_leq !le.
  have [tau tauI tauP] := bal x y; rewrite /fib -(card_image tauI).
  apply: subset_leq_card; apply/subsetP => _ /imageP[s /eqP hs ->].
  by rewrite inE (tauP _ hs).
have sumE g : \sum_s g (h s) = (fib (h s0))%:R * \sum_t g t :> rat.
  rewrite mulr_sumr (partition_big h predT) //=; apply: eq_bigr => t _.
  rewrite (eq_bigr (fun=> g t)); last by move=> s /eqP ->.
  by rewrite sumr_const -[g t *+ _]mulr_natl; congr (_%:R * _); rewrite -(fibE t).
have cardE : #|S|%:R = (fib (h s0))%:R * #|T|%:R :> rat.
  by rewrite -[#|S|]sum1_card -[#|T|]sum1_card !natr_sum (sumE (fun=> 1)).
have fib0 : (fib (h s0))%:R != 0 :> rat.
  by rewrite pnatr_eq0 -lt0n; apply/card_gt0P; exists s0; rewrite inE.
by rewrite /E sumE cardE -mulf_div divff // mul1r.
Qed.

End Pairs.

(** Changing one value of a function. *)
Definition update (I : finType) (K : Type) (k : {ffun I -> K}) (i : I) (x : K) : {ffun I -> K} :=
  [ffun j => if j == i then x else k j].

Section Functions.
Variables (I K : finType) (k0 : K).
Implicit Types (k : {ffun I -> K}).

Lemma card_value_gt0 : (0 < #|K|)%N.
Proof. by apply/card_gt0P; exists k0. Qed.

Lemma card_ffun_gt0 : (0 < #|{ffun I -> K}|)%N.
Proof. by apply/card_gt0P; exists [ffun=> k0]. Qed.

Lemma update_same k i x : update k i x i = x.
Proof. by rewrite ffunE eqxx. Qed.

Lemma update_other k i x j : j != i -> update k i x j = k j.
Proof. by move=> /negbTE ij; rewrite ffunE ij. Qed.

(** One value of a random function is a random value: choose it afresh, nothing changes. *)
Lemma E_fresh_pair (i : I) (f : K -> {ffun I -> K} -> rat) :
  E (fun k => E (fun x => f (k i) (update k i x))) = E (fun k => E (fun x => f x k)).
Proof.
rewrite -(E_pair (fun k x => f (k i) (update k i x))) -(E_pair (fun k x => f x k)).
pose sw (p : {ffun I -> K} * K) := (update p.1 i p.2, p.1 i).
have swK : involutive sw.
  case=> k x; rewrite /sw /= update_same; congr (_, _).
  by apply/ffunP => j; rewrite !ffunE; case: eqP => [->|].
by rewrite -(E_reindex (fun p => f p.2 p.1) (can_inj swK)).
Qed.

Lemma E_fresh (i : I) (f : {ffun I -> K} -> rat) : E (fun k => E (fun x => f (update k i x))) = E f.
Proof.
rewrite (E_fresh_pair i (fun=> f)); apply: eq_E => k; exact: E_const card_value_gt0.
Qed.

(** A random function seen at distinct places only is a random function. *)
Lemma balanced_restrict (J : finType) (at_ : J -> I) :
  injective at_ -> balanced (fun k : {ffun I -> K} => [ffun j => k (at_ j)]).
Proof.
move=> at_inj u v.
pose swap i := if [pick j | at_ j == i] is Some j then tperm (u j) (v j) else 1%g.
have swapE j : swap (at_ j) = tperm (u j) (v j).
  rewrite /swap; case: pickP => [j' /eqP/at_inj -> //|/(_ j)]; by rewrite eqxx.
exists (fun k : {ffun I -> K} => [ffun i => swap i (k i)]).
  move=> k k' /ffunP kk; apply/ffunP => i; have := kk i; rewrite !ffunE; exact: perm_inj.
move=> k /ffunP ku; apply/ffunP => j; have := ku j.
by rewrite !ffunE swapE => ->; rewrite tpermL.
Qed.

(** Dropping part of every value of a random function leaves a random function. *)
Lemma balanced_values (L : finType) (cut : K -> L) :
  balanced cut -> balanced (fun k : {ffun I -> K} => [ffun i => cut (k i)]).
Proof.
move=> bal u v.
have ex i : exists tau : {ffun K -> K}, injectiveb tau && [forall k, (cut k == u i) ==> (cut (tau k) == v i)].
  have [tau tauI tauP] := bal (u i) (v i); exists [ffun k => tau k]; apply/andP; split.
    by apply/injectiveP => a b; rewrite !ffunE => /tauI.
  by apply/forallP => k; apply/implyP => /eqP ku; rewrite ffunE; apply/eqP/tauP.
pose tau i := xchoose (ex i).
exists (fun k : {ffun I -> K} => [ffun i => tau i (k i)]).
  move=> k k' /ffunP kk; apply/ffunP => i; have := kk i; rewrite !ffunE.
  by have /andP[/injectiveP ti _] := xchooseP (ex i); exact: ti.
move=> k /ffunP ku; apply/ffunP => i; have := ku i; rewrite !ffunE => kui.
by have /andP[_ /forallP /(_ (k i))] := xchooseP (ex i); rewrite kui eqxx => /eqP.
Qed.

End Functions.

Section Birthday.
Variables (M Y : finType) (y0 : Y).
Implicit Types f : {ffun M -> Y}.

(** A random function takes one given value at one given place with probability 1/#|Y|. *)
Lemma pr_value m (z : {ffun M -> Y} -> Y) :
    (forall f y, z (update f m y) = z f) ->
  pr (fun f => f m == z f) = #|Y|%:R^-1.
Proof.
move=> zE; rewrite /pr -(E_fresh y0 m).
rewrite (eq_E (g := fun=> #|Y|%:R^-1)) ?E_const ?(card_ffun_gt0 _ y0) // => f.
rewrite /E (bigD1 (z f)) //= big1 ?addr0; last first.
  by move=> y /negbTE yz; rewrite update_same zE yz.
by rewrite update_same zE eqxx mul1r.
Qed.

Lemma pr_collision m m' : m != m' -> pr (fun f => f m == f m') = #|Y|%:R^-1.
Proof.
by move=> mm; rewrite (pr_value (z := fun f => f m')) // => f y; rewrite update_other // eq_sym.
Qed.

(** The birthday bound: n distinct places collide with probability at most C(n,2)/#|Y|. *)
Lemma birthday (ms : seq M) : uniq ms ->
  pr (fun f => ~~ uniq (map f ms)) <= 'C(size ms, 2)%:R / #|Y|%:R.
Proof.
elim: ms => [|m ms IH] /=.
  by rewrite bin0n mul0r /pr /E big1 ?mul0r.
case/andP => mms ums; rewrite binS bin1 addnC natrD mulrDl.
rewrite (eq_pr (Q := fun f => has (fun m' => f m == f m') ms || ~~ uniq (map f ms))); last first.
  move=> f; rewrite negb_and negbK; congr (_ || _).
  by apply/mapP/hasP => [[m' m'ms e]|[m' m'ms /eqP e]]; exists m' => //; apply/eqP.
rewrite (le_trans (pr_or _ _)) // ler_add ?IH //.
rewrite (le_trans (pr_has _ _)) //.
rewrite (eq_big_seq (fun=> #|Y|%:R^-1)); last first.
  by move=> m' m'ms; apply: pr_collision; apply/eqP => e; rewrite e m'ms in mms.
by rewrite big_const_seq count_predT iter_addr_0 mulr_natl.
Qed.

End Birthday.
