(** * The bound at national scale, as one closed theorem

    At most 3,000 scopes, at most one of them for eligibility, at most 2^27 questions in each. The theorem has no section
    around it: all that it assumes is in its statement. The statistical terms of [unlinkability] add up to at most 2^-52. *)

From Coq Require Import NArith.
From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops Hybrid Ladder Cascade Sha256 Encoding Injectivity Bytes.
From fugo Require Import Deployed Unlinkability Consequences.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.
Opaque compress length_bytes.

(** 2 to the power of -k. *)
Definition bit (k : nat) : rat := (2%:R ^+ k)^-1.
Lemma bit_ge0 k : 0 <= bit k.
Proof. by rewrite invr_ge0; apply: exprn_ge0; exact: ler0n. Qed.

Lemma bit_double k j : (2 ^ j)%:R * bit (j + k) = bit k.
Proof.
have ne m : 2%:R ^+ m != 0 :> rat by apply: expf_neq0.
by rewrite /bit natrX exprD invfM mulrA mulfV ?mul1r.
Qed.

Lemma bit_le k j : bit (k + j) <= bit k.
Proof.
rewrite -(bit_double k j) addnC; rewrite -[X in X <= _]mul1r.
by apply: ler_wpmul2r; [exact: bit_ge0 | rewrite ler1n expn_gt0].
Qed.

(** c terms of 2^-(j+k) are at most 2^-k, if c is at most 2^j. *)
Lemma times_le (c j k : nat) (x : rat) : (c <= 2 ^ j)%N -> 0 <= x -> x <= bit (j + k) -> c%:R * x <= bit k.
Proof.
move=> cj x0 xb; rewrite -(bit_double k j); apply: (@le_trans _ _ ((2 ^ j)%:R * x)).
  by apply: ler_wpmul2r; rewrite // ler_nat.
by apply: ler_wpmul2l; rewrite // ler0n.
Qed.

(** The chain's cost with its two statistical terms as numbers. *)
Lemma chain_costE : exists x y : rat,
  [/\ chain_cost = x + (compression_adv all_numbers + y), 0 <= x, 0 <= y, x <= bit 55 & y <= bit 183].
Proof.
have n0 (m k : nat) : 0 <= 'C(m, 2)%:R / 2%:R ^+ k :> rat.
  by apply: mulr_ge0; [exact: ler0n | exact: bit_ge0].
have le37 : (10 ^ 11 <= 2 ^ 37)%N.
  rewrite -[11%N]/(3 * 3 + 2)%N -[37%N]/(10 * 3 + 7)%N (expnD 10) (expnD 2) (expnM 10) (expnM 2).
  by apply: leq_mul; [rewrite leq_exp2r|].
have sym := chain_collision; rewrite /chain_cost /chain_cost_of; move: le37 sym.
move: (10 ^ 11)%N => N le37 sym.
exists ('C(N, 2)%:R / 2%:R ^+ 128), ('C(N, 2)%:R / 2%:R ^+ 256); split; [exact: erefl | exact: n0 | exact: n0 | exact: sym |].
exact: (collisions_below (e := 37) (d := 256)) le37 _.
Qed.

Lemma chains_le (q : nat) (below elig : 'I_q -> bool) (cc : rat) : 0 <= cc -> (forall s, below s -> elig s) ->
  (\sum_s (elig s : nat) <= 1)%N -> \sum_s (if below s then 5%:R * cc else 0) <= 5%:R * cc.
Proof.
move=> cc0 sub one; have five : 0 <= 5%:R * cc by apply: mulr_ge0; [exact: ler0n | exact: cc0].
apply: (@le_trans _ _ (\sum_s (elig s)%:R * (5%:R * cc))).
  apply: ler_sum => s _; case: (boolP (below s)) => [/sub ->|_]; first by rewrite mul1r.
  by apply: mulr_ge0; [exact: ler0n | exact: five].
rewrite -mulr_suml -natr_sum -[X in _ <= X]mul1r; apply: (ler_wpmul2r five).
by rewrite (ler_nat _ _ 1).
Qed.

Lemma hop_sum_le (q c : nat) (below : 'I_q -> bool) (f : 'I_q -> rat) (u : rat) : (q * 6 <= c)%N -> 0 <= u -> (forall s, 0 <= f s) ->
  (forall s, f s <= u) -> \sum_s (if below s then 6%:R * f s else 2%:R * f s) <= c%:R * u.
Proof.
move=> q12 u0 f0 fu.
apply: (@le_trans _ _ (\sum_(s < q) 6%:R * u)).
  apply: ler_sum => s _; have six : 6%:R * f s <= 6%:R * u by apply: ler_wpmul2l; [exact: ler0n | exact: fu].
  case: (below s); first exact: six.
  apply: le_trans six; by apply: (ler_wpmul2r (f0 s)); rewrite ler_nat.
rewrite sumr_const card_ord -[_ *+ q]mulr_natl mulrA -natrM.
by apply: (ler_wpmul2r u0); rewrite ler_nat.
Qed.

Lemma below_4096 (q : nat) : (q <= 3000)%N -> (q < 2 ^ 12)%N.
Proof. by move=> q3000; rewrite (leq_ltn_trans q3000). Qed.

Lemma below_15 (q : nat) : (q <= 3000)%N -> (q * 6 <= 2 ^ 15)%N.
Proof. by move=> /below_4096/ltnW q12; rewrite (expnD 2 12 3); exact: (leq_mul q12). Qed.

Lemma pairs_ge0 (m k : nat) : 0 <= 'C(m, 2)%:R / 2%:R ^+ k :> rat.
Proof. by apply: mulr_ge0; [exact: ler0n | exact: bit_ge0]. Qed.

Lemma ladder_le (q : nat) : (q <= 3000)%N -> 'C(q.+1, 2)%:R / 2%:R ^+ 256 + 'C(q.+1, 2)%:R / 2%:R ^+ 256 <= bit 55 :> rat.
Proof.
move=> /below_4096 q12.
have l : 'C(q.+1, 2)%:R / 2%:R ^+ 256 <= bit 233 by exact: (collisions_below (e := 12) (d := 256)).
rewrite -mulr2n -[_ *+ 2]mulr_natl; apply: (times_le (j := 1)); [exact: isT | exact: pairs_ge0 |].
exact: le_trans l (bit_le 56 177).
Qed.

Lemma inner_le (n : nat) : (n <= 2 ^ 27)%N -> 'C(n, 2)%:R / 2%:R ^+ 256 <= bit 203.
Proof. by move=> n27; exact: (collisions_below (e := 27) (d := 256)). Qed.

Lemma eight_units : 5%:R * bit 55 + bit 55 + bit 55 + bit 55 = bit 52.
Proof. by rewrite -(bit_double 52 3) -[(2 ^ 3)%N]/(5 + 1 + 1 + 1)%N !natrD !mulrDl !mul1r. Qed.

Lemma add_up (l r z w b a d e f u : rat) : a <= u -> b + b <= u -> d <= u -> e <= f ->
  l + b + (r + b) + (z + a) + (e + (w + d)) <= l + r + z + w + (f + u + u + u).
Proof.
move=> ca lb dd ee.
have -> : l + b + (r + b) + (z + a) + (e + (w + d)) = l + r + z + w + (e + (b + b) + a + d).
  rewrite [l + b + (r + b)]addrACA -[l + r + (b + b) + _]addrA [b + b + (z + a)]addrCA -!addrA.
  congr (_ + (_ + (_ + _))).
  rewrite [a + (e + _)]addrCA [b + (e + _)]addrCA [b + (e + _)]addrCA.
  by rewrite [a + (w + _)]addrCA [b + (w + _)]addrCA [b + (w + _)]addrCA [e + (w + _)]addrCA.
by rewrite ler_add2l; apply: ler_add dd; apply: ler_add ca; exact: ler_add.
Qed.

Lemma add_all (L R H K l r z w b a d e f u g : rat) : L = l + b -> R = r + b -> H = z + a -> K = e + (w + d) ->
  a <= u -> b + b <= u -> d <= u -> e <= f -> f + u + u + u = g -> L + R + H + K <= l + r + z + w + g.
Proof. by move=> -> -> -> -> ca lb dd ee <-; exact: add_up ca lb dd ee. Qed.

Lemma parent_elig (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q) (leaked : pred 'I_q) (s : 'I_q) :
  (parent registry insurers leaked s : bool) -> purpose (registry s) == purpose_eligibility.
Proof. by rewrite /parent; case: (purpose (registry s) == purpose_eligibility). Qed.

(** The named advantages of explicit adversaries, and 2^-52. *)
Theorem national (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q) (leaked : pred 'I_q)
    (C : finType) (c0 : C) (t : C -> symbol -> linker (ordinal_eqType q) number key symbol) (n : 'I_q -> nat) :
    injective registry -> (forall a, is_scope (registry a)) -> registry insurers = insurers_first ->
    (forall c y s, asks s (n s) (t c y)) ->
    (q <= 3000)%N -> (forall s, n s <= 2 ^ 27)%N ->
    (\sum_s (purpose (registry s) == purpose_eligibility : nat) <= 1)%N ->
  `|yes registry insurers leaked t true - yes registry insurers leaked t false|
    <= compression_adv (ladder_hop registry insurers leaked (adversary leaked t) Left)
       + compression_adv (ladder_hop registry insurers leaked (adversary leaked t) Right)
       + \sum_(h <- hops (parent registry insurers leaked))
           compression_adv (scope_hop registry insurers leaked (adversary leaked t) h)
       + 5%:R * compression_adv all_numbers
       + bit 52.
Proof.
move=> inj valid first at_most q3000 n27 one.
apply: le_trans (unlinkability inj valid first leaked c0 at_most) _.
have n0 := pairs_ge0.
have cadv0 (W : finType) (D : W -> tree message key) : 0 <= compression_adv D.
  by rewrite /compression_adv; apply: addr_ge0; [apply: addr_ge0|]; exact: normr_ge0.
have [x [y [cE x0 y0 xb yb]]] := chain_costE.
have chain0 : 0 <= chain_cost.
  by rewrite cE; apply: addr_ge0 x0 _; apply: addr_ge0 y0; exact: cadv0.
have sub := parent_elig (registry := registry) (insurers := insurers) (leaked := leaked).
apply: le_trans (ler_add (lexx _) (chains_le chain0 sub one)) _.
have lad := ladder_le q3000.
have hopsum : \sum_(h <- hops (parent registry insurers leaked)) ('C(n (hop_scope h), 2)%:R / 2%:R ^+ 256) <= bit 55 :> rat.
  rewrite (sum_hops (parent registry insurers leaked) (fun s => 'C(n s, 2)%:R / 2%:R ^+ 256)).
  apply: le_trans (hop_sum_le (fun s => parent registry insurers leaked s) (below_15 q3000) (bit_ge0 203) (fun s => n0 (n s) 256%N)
    (fun s => inner_le (n27 s))) _.
  by apply: (times_le (j := 15)); [exact: leqnn | exact: bit_ge0 | exact: (bit_le 70 133)].
have dig : 5%:R * y <= bit 55.
  by apply: (times_le (j := 3)); [exact: isT | exact: y0 | exact: le_trans yb (bit_le 58 125)].
have sym : 5%:R * x <= 5%:R * bit 55 by apply: ler_wpmul2l; [exact: ler0n | exact: xb].
have hopE : \sum_(h <- hops (parent registry insurers leaked)) hop_cost registry insurers leaked (adversary leaked t) n h
    = \sum_(h <- hops (parent registry insurers leaked)) compression_adv (scope_hop registry insurers leaked (adversary leaked t) h)
      + \sum_(h <- hops (parent registry insurers leaked)) ('C(n (hop_scope h), 2)%:R / 2%:R ^+ 256) by exact: big_split.
have chE : 5%:R * chain_cost = 5%:R * x + (5%:R * compression_adv all_numbers + 5%:R * y) by rewrite cE mulrDr mulrDr.
have left_ : ladder_cost registry insurers leaked (adversary leaked t) Left
    = compression_adv (ladder_hop registry insurers leaked (adversary leaked t) Left) + 'C(q.+1, 2)%:R / 2%:R ^+ 256 by exact: erefl.
have right_ : ladder_cost registry insurers leaked (adversary leaked t) Right
    = compression_adv (ladder_hop registry insurers leaked (adversary leaked t) Right) + 'C(q.+1, 2)%:R / 2%:R ^+ 256 by exact: erefl.
exact: (add_all left_ right_ hopE chE hopsum lad dig sym eight_units).
Qed.
