(** * Linking rows in the real system

    n persons' symbols at scope a, and at scope b in a secret uniform order. Whoever links a row does it as an
    adversary of the linking game: in the right world of that game the order of b is the order of a, so that the
    secret order is a mere coin, and a guess is right with probability exactly 1/n. *)

From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Ideal Game Switch Ladder.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Fixpoint ask_pairs (A : eqType) (X K Y : Type) (ps : seq (A * (X * X))) (g : seq Y -> bool) : linker A X K Y :=
  if ps is (a, p) :: ps' then Ask a p.1 p.2 (fun y => ask_pairs K ps' (fun ys => g (y :: ys)))
  else Guess (g [::]).

Lemma asks_ask_pairs (A : eqType) (X K Y : Type) (ps : seq (A * (X * X))) (g : seq Y -> bool) s :
  asks s (count (fun e => e.1 == s) ps) (ask_pairs K ps g).
Proof.
elim: ps g => [|[a p] ps IH] g //=; case: eqP => _ y; first exact: IH.
by rewrite add0n; exact: IH.
Qed.

Section Run.
Variables (A X : eqType) (K M Y : Type) (parent : A -> option A) (tag_message : M) (y0 : Y) (k0 : K).
Variables (value : A -> M -> Y) (place : A -> X * X -> M) (key : A -> K) (closed : pred A).

Lemma run_ask_pairs ps (g : seq Y -> bool) h :
    {in h ++ ps &, forall q e, q.1 = e.1 -> (q.2.1 == e.2.1) = (q.2.2 == e.2.2)} ->
  run parent tag_message y0 k0 value place key closed (ask_pairs K ps g) h [::]
  = g [seq value e.1 (place e.1 e.2) | e <- ps].
Proof.
elim: ps g h => [|[a [x0 x1]] ps IH] g h pat //=.
have -> : allowed h [::] a (x0, x1).
  rewrite /allowed /=; apply/allP => q qh; apply/implyP => /eqP qa.
  by apply/eqP/(pat q (a, (x0, x1))) => //; rewrite mem_cat ?qh // mem_head orbT.
rewrite IH // => q e; rewrite !mem_cat !in_cons => qin ein; apply: pat; rewrite mem_cat in_cons.
  by case/orP: qin => [/orP[]|] ->; rewrite ?orbT.
by case/orP: ein => [/orP[]|] ->; rewrite ?orbT.
Qed.
End Run.

Section Rows.
Variables (A X K M Y : finType) (H : K -> M -> K) (cut : K -> Y).
Variables (encX : X -> M) (encY : Y -> M) (tag_message : M) (label : A -> M).
Variables (parent : A -> option A) (y0 : Y) (k0 : K).
Variables (n : nat) (xs : 'I_n -> X) (a b : A) (j : 'I_n).
Hypothesis xs_inj : injective xs.
Hypothesis scopes_differ : a != b.
Variables (C : finType) (c0 : C).

(** From coins, the root's tag, the rows of a and those of b: the guess for row j of b. *)
Variable strategy : C -> Y -> seq Y -> seq Y -> 'I_n.

Definition row_pairs (s : {perm 'I_n}) : seq (A * (X * X)) :=
  [seq (a, (xs i, xs i)) | i <- enum 'I_n] ++ [seq (b, (xs (s i), xs i)) | i <- enum 'I_n].

Lemma count_row_pairs s z : count (fun e => e.1 == z) (row_pairs s) = ((a == z) * n + (b == z) * n)%N.
Proof.
have const y (f : 'I_n -> X * X) : count (fun e : A * (X * X) => e.1 == z) [seq (y, f i) | i <- enum 'I_n] = ((y == z) * n)%N.
  rewrite count_map (eq_count (a2 := fun=> y == z)) //.
  by case: (y == z); rewrite ?count_pred0 ?count_predT ?size_enum_ord ?mul1n.
by rewrite count_cat !const.
Qed.

Definition row_linker (cs : C * {perm 'I_n}) (root_tag : Y) : linker A X K Y :=
  ask_pairs K (row_pairs cs.2) (fun ys => strategy cs.1 root_tag (take n ys) (drop n ys) == cs.2 j).

Definition symbol_of (ks : keys A K) (s : A) (x : X) : Y :=
  value (F H cut) ks s (place (F H cut) encX encY parent ks (fun=> Left) s (x, x)).

(** Pr[row j is linked right] in the real system: b's rows are those of the persons in the secret order s. *)
Definition row_success : rat :=
  E (fun cs : C * {perm 'I_n} => E (fun root =>
    let ks := keys_of tag_message label (H root) in
    (strategy cs.1 (cut (ks None)) [seq symbol_of ks a (xs i) | i <- enum 'I_n]
              [seq symbol_of ks b (xs (cs.2 i)) | i <- enum 'I_n] == cs.2 j)%:R)).

Let play := play H cut encX encY tag_message parent y0 k0 row_linker.
Let real := real H cut encX encY tag_message label parent y0 k0 row_linker.

Lemma play_rows side cs ks : side <> Dummy ->
  play side cs ks = (strategy cs.1 (cut (ks None)) [seq symbol_of ks a (xs i) | i <- enum 'I_n]
     [seq symbol_of ks b (person side (xs (cs.2 i), xs i)) | i <- enum 'I_n] == cs.2 j).
Proof.
move=> nd; rewrite /play /Ladder.play /game /row_linker run_ask_pairs; last first.
  move=> q e; rewrite /= !mem_cat => /orP[] /mapP[i _ ->] /orP[] /mapP[k _ ->] //= ab.
  - by have := scopes_differ; rewrite ab eqxx.
  - by have := scopes_differ; rewrite ab eqxx.
  - by rewrite !(inj_eq xs_inj) (inj_eq perm_inj).
have size_rows (Z : Type) (g : Z -> Y) (f : 'I_n -> Z) : size (map g [seq f i | i <- enum 'I_n]) = n.
  by rewrite 2!size_map size_enum_ord.
have comp (Z : Type) (g : Z -> Y) (f : 'I_n -> Z) : map g [seq f i | i <- enum 'I_n] = [seq g (f i) | i <- enum 'I_n].
  by rewrite -map_comp.
rewrite /row_pairs map_cat (take_size_cat _ (size_rows _ _ _)) (drop_size_cat _ (size_rows _ _ _)) !comp.
by case: side nd.
Qed.

Lemma rows_left : real Left = row_success.
Proof. by apply: eq_E => cs; apply: eq_E => root; rewrite -/(play Left cs _) play_rows. Qed.

(** In the right world the secret order shows nowhere. *)
Lemma rows_right : real Right = n%:R^-1.
Proof.
have C0 : (0 < #|C|)%N by apply/card_gt0P; exists c0.
have K0 : (0 < #|K|)%N by apply/card_gt0P; exists k0.
rewrite /real /Ladder.real E_prod -[RHS](E_const _ C0); apply: eq_E => c.
rewrite E_exchange -[RHS](E_const _ K0); apply: eq_E => root.
set ks := keys_of tag_message label (H root).
rewrite -(pr_row (strategy c (cut (ks None)) [seq symbol_of ks a (xs i) | i <- enum 'I_n]
     [seq symbol_of ks b (xs i) | i <- enum 'I_n]) j).
by apply: eq_E => s; rewrite -/(play Right (c, s) ks) play_rows //= eq_sym.
Qed.

End Rows.
