(** * HMAC with one block inside and one outside

    HMAC k m = comp ko (pad2 (comp ki (pad1 m))),  (ki, ko) = two_keys k

    For an adversary with at most n calls, HMAC is as pseudorandom as its compression function, up to the
    birthday term of the inner values:

      adv HMAC <= dual + adv comp (inner) + adv comp (outer) + C(n,2) / #|T|

    dual is the advantage in telling the two derived keys from two independent uniform ones. *)

From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Cascade.
Variables (W K M B T : finType) (T0 : T).
Variables (two_keys : K -> T * T) (comp : T -> B -> T) (pad1 : M -> B) (pad2 : T -> B).
Hypothesis pad1_inj : injective pad1.
Hypothesis pad2_inj : injective pad2.

Definition cascade (ki ko : T) (m : M) : T := comp ko (pad2 (comp ki (pad1 m))).
Definition hmac (k : K) (m : M) : T := cascade (two_keys k).1 (two_keys k).2 m.

Variable D : W -> tree M T.

(** ** The explicit adversaries of the compression function *)

(** Sees two keys. *)
Definition dual_adversary (w : W) (kio : T * T) : bool := exec (cascade kio.1 kio.2) (D w).
Definition dual_adv : rat :=
  `| E (fun w => pr (fun k => dual_adversary w (two_keys k))) - E (fun w => pr (dual_adversary w)) |.

(** Its oracle is the inner compression; it holds the outer key. As many calls as D makes. *)
Definition inner_adversary (w : W * T) : tree B T := via pad1 (fun y => comp w.2 (pad2 y)) (D w.1).

(** Its oracle is the outer compression; the inner one is a random function that it draws. *)
Definition outer_adversary (w : W * {ffun B -> T}) : tree B T := via (fun m => pad2 (w.2 (pad1 m))) id (D w.1).

Lemma calls_inner n w : calls n (D w.1) -> calls n (inner_adversary w).
Proof. exact: calls_via. Qed.

Lemma calls_outer n w : calls n (D w.1) -> calls n (outer_adversary w).
Proof. exact: calls_via. Qed.

(** ** A random function of a random function *)

(** The strategy cut short as soon as two of its places have one inner value. *)
Fixpoint fresh_only (v : M -> B) (seen : seq M) (t : tree M T) : tree M T :=
  match t with
  | Say b => Say b
  | Call m k =>
      if has (fun m' => (m' != m) && (v m' == v m)) seen then Say false
      else Call m (fun y => fresh_only v (m :: seen) (k y))
  end.

Fixpoint clean (v : M -> B) (seen : seq M) (f : M -> T) (t : tree M T) : bool :=
  match t with
  | Say b => true
  | Call m k => ~~ has (fun m' => (m' != m) && (v m' == v m)) seen && clean v (m :: seen) f (k (f m))
  end.

Lemma exec_fresh_only v seen f t : exec f (fresh_only v seen t) = clean v seen f t && exec f t.
Proof. by elim: t seen => //= m k IH seen; case: ifP => //= _; rewrite IH. Qed.

(** The same strategy, always saying yes in the end. *)
Fixpoint agreeing (t : tree M T) : tree M T :=
  if t is Call m k then Call m (fun y => agreeing (k y)) else Say true.

Lemma clean_agreeing v seen f t : clean v seen f (agreeing t) = clean v seen f t.
Proof. by elim: t seen => //= m k IH seen; rewrite IH. Qed.

Lemma exec_agreeing f t : exec f (agreeing t).
Proof. by elim: t => //= m k IH. Qed.

(** The places that a strategy asks at. *)
Fixpoint places (f : M -> T) (t : tree M T) : seq M :=
  if t is Call m k then m :: places f (k (f m)) else [::].

Lemma size_places f t n : calls n t -> (size (places f t) <= n)%N.
Proof. by elim: t n => [b|m k IH] [|n] //= kn; rewrite ltnS IH. Qed.

Lemma not_clean v f t : ~~ clean v [::] f t -> ~~ uniq (map v (undup (places f t))).
Proof.
suff gen seen : ~~ clean v seen f t -> exists m m',
    [/\ m \in seen ++ places f t, m' \in seen ++ places f t, m' != m & v m' = v m].
  move=> /(gen [::])[m [m' [mP m'P mm vv]]]; apply: contra mm => u; apply/eqP.
  have mU : m \in undup (places f t) by rewrite mem_undup.
  have m'U : m' \in undup (places f t) by rewrite mem_undup.
  exact: uniq_map_inj u m'U mU vv.
elim: t seen => [b|m k IH] seen //=.
have memE x (l : seq M) : (x \in seen ++ m :: l) = (x \in (m :: seen) ++ l).
  by rewrite mem_cat !in_cons mem_cat orbCA.
rewrite negb_and negbK => /orP[/hasP[m' m's /andP[mm /eqP vv]]|/IH[m1 [m2 [P1 P2 n12 v12]]]].
  by exists m, m'; rewrite mm vv !memE /= !in_cons !mem_cat eqxx m's !orbT.
by exists m1, m2; rewrite !memE.
Qed.

Lemma fresh_only_twin v t : twin [::] (fresh_only v [::] t) (via v id (fresh_only v [::] t)).
Proof.
suff gen seen : twin [seq (m, v m) | m <- seen] (fresh_only v seen t) (via v id (fresh_only v seen t)).
  exact: (gen [::]).
elim: t seen => [b|m k IH] seen //=; case: ifPn => // /hasPn fr /=; split; last by move=> y; apply: IH.
apply/allP => _ /mapP[m' m's ->] /=; have := fr m' m's; rewrite negb_and negbK.
by case: eqP => [->|_] /=; rewrite ?eqxx // => /negbTE ->.
Qed.

Lemma fresh_says v t :
  E (fun f : {ffun M -> T} => says f (fresh_only v [::] t))
  = E (fun f : {ffun B -> T} => says (fun m => f (v m)) (fresh_only v [::] t)).
Proof.
rewrite (twin_says T0 (fresh_only_twin v t)); apply: eq_E => f.
by rewrite /says exec_via.
Qed.

(** For one inner function: a random outer function is a random function, but for collisions. *)
Lemma until_collision v t :
  `|E (fun f : {ffun B -> T} => says (fun m => f (v m)) t) - E (fun f : {ffun M -> T} => says f t)|
  <= pr (fun f : {ffun M -> T} => ~~ clean v [::] f t).
Proof.
pose fB (f : {ffun B -> T}) (m : M) := f (v m).
have TB := card_ffun_gt0 B T0; have TM := card_ffun_gt0 M T0.
have c := fresh_says v t; have g := fresh_says v (agreeing t).
rewrite pr_not // -[X in _ <= 1 - X]/(E _).
have gM : E (fun f : {ffun M -> T} => (clean v [::] f t)%:R) = E (fun f : {ffun M -> T} => says f (fresh_only v [::] (agreeing t))).
  by apply: eq_E => f; rewrite /says exec_fresh_only clean_agreeing exec_agreeing andbT.
have above (S : finType) (f : {ffun S -> T} -> M -> T) : (0 < #|{ffun S -> T}|)%N ->
    let p := E (fun s => says (f s) t) in let q := E (fun s => says (f s) (fresh_only v [::] t)) in
    let r := E (fun s => says (f s) (fresh_only v [::] (agreeing t))) in 0 <= p - q <= 1 - r.
  move=> S0 /=; rewrite -(E_const 1 S0) -!E_sub; apply/andP; split.
    apply: E_ge0 => s; rewrite /says exec_fresh_only subr_ge0 ler_nat.
    by case: clean; case: exec.
  apply: E_le => s; rewrite /says !exec_fresh_only clean_agreeing exec_agreeing andbT.
  by case: clean; case: exec; rewrite ?subrr ?subr0 ?ler01 ?lexx.
have /andP[a1 a2] := above B fB TB; have /andP[b1 b2] := above M (fun f => f) TM.
rewrite gM; move: a1 a2 b1 b2; rewrite -c -g.
set p := E _; set q := E _; set r := E _; set p' := E _ => a1 a2 b1 b2.
have -> : p - p' = (p - q) - (p' - q) by rewrite opprB addrA subrK.
rewrite ler_norml ler_subr_addr ler_subl_addr; apply/andP; split.
  by rewrite (le_trans _ a1) // addrC subr_le0.
by rewrite (le_trans a2) // ler_addl.
Qed.

(** ** The theorem *)
Theorem hmac_prf n : (0 < #|W|)%N -> (forall w, calls n (D w)) ->
  adv hmac D <= dual_adv + adv comp inner_adversary + adv comp outer_adversary + 'C(n, 2)%:R / #|T|%:R.
Proof.
move=> W0 callsD.
pose g0 := E (fun w => E (fun k => says (hmac k) (D w))).
pose g1 := E (fun w => E (fun kio : T * T => says (cascade kio.1 kio.2) (D w))).
pose g2 := E (fun w => E (fun ko => E (fun f1 : {ffun B -> T} => says (fun m => comp ko (pad2 (f1 (pad1 m)))) (D w)))).
pose g3 := E (fun w => E (fun f1 : {ffun B -> T} => E (fun f2 : {ffun B -> T} =>
  says (fun m => f2 (pad2 (f1 (pad1 m)))) (D w)))).
pose g4 := E (fun w => E (fun f : {ffun M -> T} => says f (D w))).
have h01 : `|g0 - g1| <= dual_adv by exact: lexx.
have h12 : `|g1 - g2| <= adv comp inner_adversary.
  rewrite le_eqVlt; apply/orP; left; apply/eqP; rewrite /adv !E_prod; congr (`| _ - _ |); apply: eq_E => w.
    rewrite E_prod E_exchange; apply: eq_E => ko; apply: eq_E => ki.
    by rewrite /says exec_via.
  by apply: eq_E => ko; apply: eq_E => f; rewrite /says exec_via.
have h23 : `|g2 - g3| <= adv comp outer_adversary.
  rewrite le_eqVlt; apply/orP; left; apply/eqP; rewrite /adv !E_prod; congr (`| _ - _ |); apply: eq_E => w.
    by rewrite E_exchange; apply: eq_E => f; apply: eq_E => ko; rewrite /says exec_via.
  by apply: eq_E => f; apply: eq_E => f2; rewrite /says exec_via.
have h34 : `|g3 - g4| <= 'C(n, 2)%:R / #|T|%:R.
  rewrite -E_sub (le_trans (E_norm _)) // -[X in _ <= X](E_const _ W0); apply: E_le => w.
  have T1 := card_ffun_gt0 B T0.
  rewrite -[X in _ - X](E_const _ T1) -E_sub (le_trans (E_norm _)) //.
  pose v (f1 : {ffun B -> T}) m := pad2 (f1 (pad1 m)).
  apply: (@le_trans _ _ (E (fun f1 => E (fun f : {ffun M -> T} => (~~ clean (v f1) [::] f (D w))%:R)))).
    by apply: E_le => f1; exact: until_collision.
  rewrite E_exchange -[X in _ <= X](E_const _ (card_ffun_gt0 M T0)); apply: E_le => f.
  pose ms := map pad1 (undup (places f (D w))).
  have ums : uniq ms by rewrite map_inj_uniq ?undup_uniq.
  apply: (@le_trans _ _ (pr (fun f1 : {ffun B -> T} => ~~ uniq (map f1 ms)))).
    apply: pr_le => f1 /not_clean; apply: contra => u.
    by rewrite (map_comp pad2 (fun m => f1 (pad1 m))) map_inj_uniq // (map_comp f1 pad1).
  apply: le_trans (birthday T0 ums) _; rewrite ler_wpmul2r ?invr_ge0 ?ler0n // ler_nat leq_bin2l //.
  by rewrite size_map (leq_trans (size_undup _)) // size_places.
rewrite /adv -/g0 -/g4; apply: le_trans (pr_triangle _ g1 _) _; rewrite -!addrA ler_add //.
apply: le_trans (pr_triangle _ g2 _) _; rewrite ler_add //.
by apply: le_trans (pr_triangle _ g3 _) _; rewrite ler_add.
Qed.

End Cascade.
