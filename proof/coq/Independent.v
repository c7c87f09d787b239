(** * Independent scope keys

    The keys of the scopes are independent and uniform, made in a token or imported, and there is no root key. The game
    is the same, in derived bytes; the bound has no term for the ladder. Nothing is needed of labels. *)

From Coq Require Import NArith.
From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops Hybrid Ladder Cascade Sha256 Encoding Injectivity Bytes.
From fugo Require Import Deployed Unlinkability Searches.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Opaque compress length_bytes.

Section Independent.
Variables (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q).
Hypothesis registry_insurers : registry insurers = insurers_first.
Variable leaked : pred 'I_q.
Let below := parent registry insurers leaked.

(** What scope keys give: the derivation of the specification, after its first step. *)
Definition symbol_under (ks : 'I_q -> key) (a : 'I_q) (x : number) : symbol :=
  wrap 16 (symbol_from (raw (ks a))
    (if purpose (registry a) == purpose_eligibility then symbol_from (raw (ks insurers)) (raw (val x)) else raw (val x))).
Definition tag_under (ks : 'I_q -> key) (a : 'I_q) : symbol := wrap 16 (symbol_from (raw (ks a)) tag_bytes).

Variables (C : finType) (c0 : C) (t : C -> linker (ordinal_eqType q) number key symbol).

(** Pr[the adversary says yes], over its coins and the keys. *)
Definition yes_independent (left : bool) : rat :=
  E (fun c => E (fun ks : {ffun 'I_q -> key} =>
    (plays below leaked (symbol_under ks) (tag_under ks) ks symbol0 key0 left (t c) [::] [::])%:R)).

Definition kept (c : C) := discreet leaked (t c).

Lemma plays_is_run (ks : keys (ordinal_finType q) key) (left : bool) u h taken :
  plays below leaked (symbol_under (fun a => ks (Some a))) (tag_under (fun a => ks (Some a))) (fun a => ks (Some a))
    symbol0 key0 left u h taken
  = run below tag_message symbol0 key0 (value (F H cut) ks)
      (place (F H cut) number_message symbol_message below ks (fun=> if left then Left else Right))
      (fun a => ks (Some a)) pred0 (discreet leaked u) h taken.
Proof.
set side := if left then Left else Right.
have symbolE a p : ~~ leaked a ->
    symbol_under (fun e => ks (Some e)) a (if left then p.1 else p.2)
    = value (F H cut) ks a (place (F H cut) number_message symbol_message below ks (fun=> side) a p).
  move=> na; rewrite -[RHS]wrap_raw /value /F raw_cut raw_H /symbol_under; congr (wrap 16 (symbol_from _ _)).
  have personE : person side p = if left then p.1 else p.2 by rewrite /side; case: (left).
  rewrite /place /below /parent na andbT personE; case: (purpose (registry a) == purpose_eligibility) => //.
  have -> : source side insurers = Some insurers by rewrite /side; case: (left).
  by rewrite raw_symbol_message raw_cut raw_H.
have tagE a : tag_under (fun e => ks (Some e)) a = value (F H cut) ks a tag_message.
  by rewrite -[RHS]wrap_raw /value /F raw_cut raw_H raw_tag_message.
elim: u h taken => [g|a x y k IH|a k IH|a k IH] h taken //=.
- case: (boolP (leaked a)) => la /=; first exact: IH.
  by case: ifP => _; rewrite IH // (symbolE a (x, y) la).
- by rewrite IH tagE.
- by case: ifP => _; rewrite IH.
Qed.

Variable n : 'I_q -> nat.
Hypothesis at_most : forall c s, asks s (n s) (t c).

Definition independent_hop (h : hop (ordinal_finType q)) (w : C * keys (ordinal_finType q) key) : tree message key :=
  via id cut (step_adversary (F H cut) number_message symbol_message tag_message below symbol0 key0 kept
                (family below (hop_family h)) (hop_modes h) (hop_scope h) w).

Theorem unlinkability_independent :
  `|yes_independent true - yes_independent false|
    <= \sum_(h <- hops below) (compression_adv (independent_hop h) + 'C(n (hop_scope h), 2)%:R / 2%:R ^+ 256)
       + \sum_s (if below s then 5%:R * chain_cost else 0).
Proof.
have some_inj : injective (fun a : 'I_q => Some a) by move=> a b [].
have winsE left : yes_independent left
    = wins (F H cut) number_message symbol_message tag_message below symbol0 key0 kept pred0
        (fun=> if left then Left else Right).
  apply: eq_E => c.
  rewrite -(E_push _ (card_ffun_gt0 [finType of option 'I_q] key0) (balanced_restrict (K := key) some_inj)).
  apply: eq_E => ks; congr (_%:R); congr nat_of_bool; rewrite /game -plays_is_run.
  by apply: eq_plays => *; rewrite /symbol_under /tag_under !ffunE.
rewrite !winsE.
apply: le_trans (linking_independent_keys (F H cut) symbol0 key0 c0 kept (deployed_well_formed registry_insurers leaked)) _.
apply: ler_add; last exact: (sum_some_le (fun s => isSome (below s)) (chain_risk_le card_number)).
apply: ler_sum => h _; rewrite /hop_adv (prf_truncated H key0 _ (@inj_id _) cut_balanced).
have W0 : (0 < #|{: C * keys (ordinal_finType q) key}|)%N.
  rewrite card_prod muln_gt0 (card_ffun_gt0 _ key0) andbT.
  by apply/card_gt0P; exists c0.
apply: hmac_sha256_prf W0 _ => w.
by apply: calls_via; apply: calls_reduction; apply: asks_discreet; exact: at_most.
Qed.
End Independent.
