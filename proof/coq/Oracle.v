(** * Adversaries of a keyed function

    A distinguisher is a decision tree: it asks its oracle at places of its choice, each choice may depend on
    all answers so far, and in the end it says yes or no. Its coins are a first uniform draw from a finite type.

      adv F D = | Pr[w, k : D w says yes to F k] - Pr[w, f : D w says yes to f] |

    with k a uniform key and f a uniform function. Nothing below assumes that any adv is small. *)

From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Tree.
Variables M Y : Type.

Inductive tree := Say of bool | Call of M & (Y -> tree).

Fixpoint exec (f : M -> Y) (t : tree) : bool :=
  match t with
  | Say b => b
  | Call m k => exec f (k (f m))
  end.

(** On no path does [t] ask more than [n] times. *)
Fixpoint calls (n : nat) (t : tree) {struct t} : Prop :=
  match t, n with
  | Say _, _ => True
  | Call _ k, n'.+1 => forall y, calls n' (k y)
  | Call _ _, 0%N => False
  end.

Lemma eq_exec (f g : M -> Y) t : f =1 g -> exec f t = exec g t.
Proof. by move=> fg; elim: t => //= m k IH; rewrite fg. Qed.

Fixpoint ask_all (ms : seq M) (leaf : seq Y -> bool) : tree :=
  match ms with
  | [::] => Say (leaf [::])
  | m :: ms' => Call m (fun y => ask_all ms' (fun ys => leaf (y :: ys)))
  end.

Lemma exec_ask_all f ms leaf : exec f (ask_all ms leaf) = leaf (map f ms).
Proof. by elim: ms leaf => //= m ms IH leaf; rewrite IH. Qed.

Lemma calls_ask_all ms leaf : calls (size ms) (ask_all ms leaf).
Proof. by elim: ms leaf => //= m ms IH leaf y. Qed.

End Tree.

Arguments Say {M Y}.

(** The same strategy behind an encoding of places and a shortening of answers. *)
Fixpoint via (M N X Y : Type) (enc : M -> N) (cut : X -> Y) (t : tree M Y) : tree N X :=
  match t with
  | Say b => Say b
  | Call m k => Call (enc m) (fun x => via enc cut (k (cut x)))
  end.

Lemma exec_via M N X Y (enc : M -> N) (cut : X -> Y) f t :
  exec f (via enc cut t) = exec (fun m => cut (f (enc m))) t.
Proof. by elim: t => //= m k IH; rewrite IH. Qed.

Lemma calls_via M N X Y (enc : M -> N) (cut : X -> Y) n t : calls n t -> calls n (via enc cut t).
Proof. by elim: t n => [b|m k IH] [|n] //= kn x; apply: IH. Qed.

Section Advantage.
Variables W K M Y : finType.

Definition says (f : M -> Y) (t : tree M Y) : rat := (exec f t)%:R.

Definition adv (F : K -> M -> Y) (D : W -> tree M Y) : rat :=
  `| E (fun w => E (fun k => says (F k) (D w))) - E (fun w => E (fun f : {ffun M -> Y} => says f (D w))) |.

Lemma adv_ge0 F D : 0 <= adv F D.
Proof. exact: normr_ge0. Qed.

Lemma says_bounds f t : 0 <= says f t <= 1.
Proof. by rewrite /says; case: exec; rewrite ?lexx ?ler01. Qed.

End Advantage.

Section Twins.
Variables (M M' Y : finType) (y0 : Y).

(** [p] repeats places of [w] on the left exactly where it does on the right. *)
Definition consistent (w : seq (M * M')) (p : M * M') :=
  all (fun q => (q.1 == p.1) == (q.2 == p.2)) w.

(** Two strategies that ask at other places, but repeat places alike. *)
Fixpoint twin (w : seq (M * M')) (t : tree M Y) (t' : tree M' Y) : Prop :=
  match t, t' with
  | Say b, Say b' => b = b'
  | Call m k, Call m' k' => consistent w (m, m') /\ forall y, twin ((m, m') :: w) (k y) (k' y)
  | _, _ => False
  end.

Fixpoint patterned (w : seq (M * M' * Y)) :=
  if w is e :: w' then consistent (map fst w') e.1 && patterned w' else true.

Lemma pr_value_and (X : finType) (m : X) y (A : pred {ffun X -> Y}) :
    (forall f x, A (update f m x) = A f) ->
  pr (fun f : {ffun X -> Y} => (f m == y) && A f) = #|Y|%:R^-1 * pr A.
Proof.
move=> AE; rewrite /pr -E_scale -(E_fresh y0 m); apply: eq_E => f.
rewrite /E (bigD1 y) //= big1 ?addr0; last first.
  by move=> x /negbTE xy; rewrite update_same xy.
by rewrite update_same eqxx AE /= mulrC.
Qed.

Lemma pr_split_value (X : finType) (m : X) (A : pred {ffun X -> Y}) :
  pr A = \sum_y pr (fun f : {ffun X -> Y} => (f m == y) && A f).
Proof.
rewrite -E_sum; apply: eq_E => f; rewrite (bigD1 (f m)) //= eqxx big1 ?addr0 // => y /negbTE yf.
by rewrite eq_sym yf.
Qed.

Let agree1 (w : seq (M * M' * Y)) (f : M -> Y) := all (fun e => f e.1.1 == e.2) w.
Let agree2 (w : seq (M * M' * Y)) (f : M' -> Y) := all (fun e => f e.1.2 == e.2) w.

Lemma pr_agree w : patterned w ->
  pr (fun f : {ffun M -> Y} => agree1 w f) = pr (fun f : {ffun M' -> Y} => agree2 w f).
Proof.
elim: w => [|[[m m'] y] w IH] /=.
  by move=> _; rewrite /pr /agree1 /agree2 /= !E_const ?(card_ffun_gt0 _ y0).
case/andP => /allP cons pw; have {}IH := IH pw.
case: (boolP (has (fun e => e.1.1 == m) w)) => [/hasP[e ew /eqP em]|/hasPn mw].
  have /= := cons e.1 (map_f fst ew); rewrite em eqxx eq_sym eqb_id => /eqP em'.
  rewrite (eq_pr (Q := fun f : {ffun M -> Y} => (e.2 == y) && agree1 w f)); last first.
    move=> f; rewrite /agree1 /=; case: (boolP (all _ w)) => [/allP aw|_]; last by rewrite !andbF.
    by rewrite -em (eqP (aw e ew)).
  rewrite [RHS](eq_pr (Q := fun f : {ffun M' -> Y} => (e.2 == y) && agree2 w f)); last first.
    move=> f; rewrite /agree2 /=; case: (boolP (all _ w)) => [/allP aw|_]; last by rewrite !andbF.
    by rewrite -em' (eqP (aw e ew)).
  by case: eqP => //= _; rewrite /pr /E !big1 ?mul0r.
rewrite !pr_value_and ?IH // => f x.
  apply: eq_in_all => e ew; have := cons e.1 (map_f fst ew).
  rewrite (negbTE (mw e ew)) /= => /eqP /esym e2; by rewrite update_other ?e2.
by apply: eq_in_all => e ew; rewrite update_other ?mw.
Qed.

Lemma twin_says t t' : twin [::] t t' ->
  E (fun f : {ffun M -> Y} => says f t) = E (fun f : {ffun M' -> Y} => says f t').
Proof.
suff gen w : patterned w -> twin (map fst w) t t' ->
    pr (fun f : {ffun M -> Y} => agree1 w f && exec f t) = pr (fun f : {ffun M' -> Y} => agree2 w f && exec f t').
  by move=> tt; exact: (gen [::]).
elim: t t' w => [b|m k IH] [b'|m' k'] w //= pw.
  move=> <-; case: b; last by rewrite /pr /E !big1 ?mul0r // => f _; rewrite andbF.
  rewrite (eq_pr (Q := fun f : {ffun M -> Y} => agree1 w f)); last by move=> f; rewrite andbT.
  rewrite [RHS](eq_pr (Q := fun f : {ffun M' -> Y} => agree2 w f)); last by move=> f; rewrite andbT.
  exact: pr_agree.
case=> cons kk; rewrite (pr_split_value m) [RHS](pr_split_value m'); apply: eq_bigr => y _.
have /= := IH y (k' y) ((m, m', y) :: w); rewrite cons pw => /(_ isT (kk y)) eqy.
rewrite -[LHS](eq_pr (P := fun f : {ffun M -> Y} => agree1 ((m, m', y) :: w) f && exec f (k y))).
  rewrite eqy; apply: eq_pr => f; rewrite /agree2 /= -andbA; by case: eqP => //= ->.
by move=> f; rewrite /agree1 /= -andbA; case: eqP => //= ->.
Qed.

End Twins.

(** ** Truncation and encoding lose nothing

    A function that is encoded by an injective map and cut to part of its digest is exactly as pseudorandom as
    the function itself, against the same strategy behind that encoding. *)
Section Truncation.
Variables (W K M N X Y : finType) (H : K -> N -> X) (enc : M -> N) (cut : X -> Y) (x0 : X).

Theorem prf_truncated (D : W -> tree M Y) : injective enc -> balanced cut ->
  adv (fun k m => cut (H k (enc m))) D = adv H (fun w => via enc cut (D w)).
Proof.
move=> enc_inj cut_bal; rewrite /adv; congr (`| _ - _ |); apply: eq_E => w.
  by apply: eq_E => k; rewrite /says exec_via.
rewrite -(E_push _ (card_ffun_gt0 M x0) (balanced_values (I := M) cut_bal)).
rewrite -(E_push _ (card_ffun_gt0 N x0) (balanced_restrict (K := X) enc_inj)).
by apply: eq_E => f; rewrite /says exec_via; congr (_%:R); apply/congr1/eq_exec => m; rewrite !ffunE.
Qed.

End Truncation.

(** ** Collisions *)
Section Collisions.
Variables (W K M Y : finType) (y0 : Y) (F : K -> M -> Y).

(** Asks at every place of a list and says whether two answers are equal. *)
Definition collision_finder (ms : seq M) : tree M Y := ask_all ms (fun ys => ~~ uniq ys).

Lemma pr_collisions (ms : W -> seq M) n :
    (forall w, uniq (ms w) /\ size (ms w) = n) -> (0 < #|W|)%N ->
  E (fun w => pr (fun k => ~~ uniq (map (F k) (ms w))))
    <= 'C(n, 2)%:R / #|Y|%:R + adv F (fun w => collision_finder (ms w)).
Proof.
move=> msP W0; rewrite -ler_subl_addl; apply: le_trans (ler_norm _).
rewrite (eq_E (g := fun w => E (fun k => says (F k) (collision_finder (ms w))))); last first.
  by move=> w; apply: eq_E => k; rewrite /says exec_ask_all.
rewrite ler_add2l ler_opp2 -[X in _ <= X](E_const _ W0); apply: E_le => w.
have [uw <-] := msP w.
rewrite (eq_E (g := fun f : {ffun M -> Y} => (~~ uniq (map f (ms w)))%:R)) ?(birthday y0) //.
by move=> f; rewrite /says exec_ask_all.
Qed.

End Collisions.
