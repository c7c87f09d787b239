(** * The construction as deployed

    Everything of the specification at once: strict numbers, labels and the key ladder, key tags, symbols of 16
    bytes, the two-stage eligibility symbol, epochs (a scope is purpose, id and epoch), HMAC-SHA-256. *)

From Coq Require Import NArith Lia.
From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops Hybrid Ladder Cascade Sha256 Encoding Injectivity Bytes.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Opaque compress length_bytes.

(** A person is a byte string that the strict parse accepts; it is the message itself. *)
Definition number : finType := [finType of {m : message | is_number (raw m)}].
Definition number_message (x : number) : message := val x.
Definition tag_message : message := message_of tag_bytes.

Lemma raw_tag_message : raw tag_message = tag_bytes.
Proof. by rewrite raw_message_of. Qed.

Lemma raw_symbol_message s : raw (symbol_message s) = raw s.
Proof.
have s55 : (size s <= 55)%N by rewrite size_tuple.
by rewrite /symbol_message /insub_bseq /insubd (insubT (fun r => size r <= 55)%N s55).
Qed.

(** At most 10^11 numbers: a number is its eleven body digits. *)
Lemma card_number : (#|number| <= 10 ^ 11)%N.
Proof.
pose at_ (x : number) i := nth ord0 (val (val x)) i.
have digit_at x i : (i < 12)%N -> (48 <= at_ x i < 58)%N.
  move=> i12; have [dx x12 _] := is_numberP (valP x).
  have ix : (i < size (val (val x)))%N by rewrite -size_raw x12.
  have := digit_bounds (allP dx _ (map_f to_N (mem_nth ord0 ix))); rewrite /to_N -/(at_ x i) => -[lo hi].
  by apply/andP; split; apply/ssrnat.leP; lia.
pose body (x : number) : 11.-tuple 'I_10 := [tuple inord (at_ x i - 48) | i < 11].
have body_inj : injective body.
  move=> x y e; apply/val_inj/val_inj/raw_inj; apply: number_body_inj (valP x) (valP y) _.
  have [_ x12 _] := is_numberP (valP x); have [_ y12 _] := is_numberP (valP y).
  rewrite /raw -!map_take; congr map; rewrite size_raw in x12; rewrite size_raw in y12.
  apply: (@eq_from_nth _ ord0); rewrite !size_takel ?x12 ?y12 // => i i11.
  rewrite !nth_take // -/(at_ x i) -/(at_ y i); apply: val_inj.
  have := congr1 (fun t => val (tnth t (Ordinal i11))) e; rewrite !tnth_mktuple /=.
  have /andP[lo hi] := digit_at x i (ltn_trans i11 (ltnSn 11)).
  have /andP[lo' hi'] := digit_at y i (ltn_trans i11 (ltnSn 11)).
  rewrite !inordK ?ltn_subLR // => ee.
  by rewrite -(subnK lo) -(subnK lo') ee.
by rewrite (leq_trans (leq_card _ body_inj)) // card_tuple card_ord.
Qed.

Lemma sum_some_le (T : finType) (some : pred T) (x y : rat) : x <= y ->
  \sum_s (if some s then 5%:R * x else 0) <= \sum_s (if some s then 5%:R * y else 0).
Proof.
move=> xy; apply: ler_sum => s _; case: (some s); last exact: lexx.
by apply: ler_wpmul2l; rewrite ?ler0n.
Qed.

(** ** The construction *)
Section Deployed.
Variables (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q).
Hypothesis registry_inj : injective registry.
Hypothesis registry_valid : forall a, is_scope (registry a).
Hypothesis registry_insurers : registry insurers = insurers_first.

(** Under the root. *)
Definition label_message (a : 'I_q) : message := message_of (scope_key_message (registry a)).

(** Eligibility scopes whose key has leaked alone: who has that key makes their symbols from insurers' symbols, so
    the game answers none there, and they are no part of the chain. *)
Variable leaked : pred 'I_q.

(** Eligibility symbols come from the insurers' symbols of epoch 1, all others from the number. *)
Definition parent (a : 'I_q) : option 'I_q :=
  if (purpose (registry a) == purpose_eligibility) && ~~ leaked a then Some insurers else None.

Lemma raw_label_message a : raw (label_message a) = scope_key_message (registry a).
Proof.
have /andP[_ s52] := size_scope_key_message (registry_valid a).
rewrite raw_message_of ?(leq_trans s52) // /scope_key_message all_cat label_bytes //.
Qed.

Lemma label_message_inj : injective label_message.
Proof.
move=> a b /(congr1 (fun m : message => raw m)); rewrite !raw_label_message /scope_key_message => e.
apply: registry_inj; apply: label_inj => //.
have := congr1 (fun s => take (size s).-1 s) e.
by rewrite !size_cat !addn1 /= !take_size_cat.
Qed.

Lemma label_message_tag a : label_message a != tag_message.
Proof.
apply/eqP => /(congr1 (fun m : message => size (raw m))).
rewrite raw_label_message raw_tag_message => e.
by have := size_scope_key_message (registry_valid a); rewrite e.
Qed.

Lemma deployed_well_formed : well_formed number_message symbol_message tag_message parent.
Proof.
split.
- exact: val_inj.
- by move=> s s' /(congr1 (fun m : message => raw m)); rewrite !raw_symbol_message => /raw_inj /val_inj.
- move=> x; apply/eqP => /(congr1 (fun m : message => size (raw m))); rewrite raw_tag_message.
  by have [_ -> _] := is_numberP (valP x).
- move=> s; apply/eqP => /(congr1 (fun m : message => size (raw m))).
  by rewrite raw_tag_message raw_symbol_message size_raw size_tuple.
- by move=> a b; rewrite /parent; case: ifP => // _ [<-]; rewrite registry_insurers.
Qed.

(** What the game answers are the bytes that the executable derivation gives on the vectors. *)
Lemma raw_cut (k : key) : raw (cut k) = take 16 (raw k).
Proof.
apply: (@eq_from_nth _ (to_N ord0)).
  by rewrite size_raw size_tuple size_takel // size_raw size_tuple.
move=> i; rewrite size_raw size_tuple => i16; rewrite nth_take //.
have i32 : (i < 32)%N by rewrite (leq_trans i16).
rewrite (nth_map ord0) ?size_tuple // [RHS](nth_map ord0) ?size_tuple //.
by congr to_N; rewrite -[LHS](tnth_nth _ _ (Ordinal i16)) tnth_mktuple.
Qed.

Theorem answers_are_derived (root : key) (side : mode) (a : 'I_q) (p : number * number) :
    side <> Dummy -> ~~ leaked a ->
  let ks := keys_of tag_message label_message (H root) in
  raw (value (F H cut) ks a (place (F H cut) number_message symbol_message parent ks (fun=> side) a p))
  = derive_symbol (raw root) (registry a) (raw (val (person side p))).
Proof.
move=> nd kept ks; have kE b : raw (ks (Some b)) = scope_key (raw root) (registry b).
  by rewrite ffunE raw_H raw_label_message scope_keyE.
rewrite /value /F raw_cut raw_H kE /derive_symbol /symbol_from; congr (take _ (hmac_sha256 _ _)).
rewrite /place /parent kept andbT; case: (purpose (registry a) == purpose_eligibility); last exact: erefl.
have -> : source side insurers = Some insurers by case: (side) nd.
by rewrite raw_symbol_message raw_cut raw_H kE registry_insurers.
Qed.

(** The same of what taking a key gives, and of tags: the adversary sees 16 bytes where the tag is the first four. *)
Theorem keys_and_tags_are_derived (root : key) (a : 'I_q) :
  let ks := keys_of tag_message label_message (H root) in
  [/\ raw (ks (Some a)) = scope_key (raw root) (registry a),
      take 4 (raw (value (F H cut) ks a tag_message)) = key_tag (scope_key (raw root) (registry a))
    & take 4 (raw (cut (ks None))) = key_tag (raw root)].
Proof.
have four (k : key) : take 4 (raw (cut (H k tag_message))) = key_tag (raw k).
  by rewrite raw_cut take_take // raw_H raw_tag_message.
move=> ks; have kE : raw (ks (Some a)) = scope_key (raw root) (registry a) by rewrite ffunE raw_H raw_label_message scope_keyE.
split; first exact: kE; first by rewrite /value /F four kE.
by rewrite ffunE four.
Qed.

Variables (C : finType) (c0 : C) (t : C -> symbol -> linker (ordinal_eqType q) number key symbol).

(** Pr[the adversary says yes] where it sees the left or the right persons: over its coins and the root key. *)
Definition world (side : mode) : rat :=
  real H cut number_message symbol_message tag_message label_message parent symbol0 key0 t side.

(** The explicit distinguishers of HMAC-SHA-256. *)
Definition ladder_hop (side : mode) : C -> tree message key :=
  ladder_adversary H cut number_message symbol_message tag_message label_message parent symbol0 key0 t side.

Definition scope_hop (h : hop (ordinal_finType q)) (w : C * key * keys (ordinal_finType q) key) : tree message key :=
  via id cut (step_adversary (F H cut) number_message symbol_message tag_message parent symbol0 key0
                (with_root_tag cut t) (family parent (hop_family h)) (hop_modes h) (hop_scope h) w).

(** Asks for the insurers' symbol of every number and looks for two that are equal. *)
Definition all_numbers (u : unit) : tree message key :=
  via id cut (collision_finder symbol [seq number_message x | x <- enum number]).

Variable n : 'I_q -> nat.
Hypothesis at_most : forall c y s, asks s (n s) (t c y).

(** One hop: SHA-256's compression function against an explicit adversary, and colliding inner values. *)
Definition hop_cost (h : hop (ordinal_finType q)) : rat :=
  compression_adv (scope_hop h) + 'C(n (hop_scope h), 2)%:R / 2%:R ^+ 256.

(** Two of at most N numbers have one insurers' symbol. *)
Definition chain_cost_of (N : nat) : rat :=
  'C(N, 2)%:R / 2%:R ^+ 128 + (compression_adv all_numbers + 'C(N, 2)%:R / 2%:R ^+ 256).
Definition chain_cost : rat := chain_cost_of (10 ^ 11).

Lemma chain_risk_le N : (#|number| <= N)%N -> chain_risk (F H cut) number_message <= chain_cost_of N.
Proof.
move=> numbers_le.
pose ms (u : unit) := [seq number_message x | x <- enum number].
have ums : uniq (ms tt) by rewrite map_inj_uniq ?enum_uniq //; exact: val_inj.
have sizes : size (ms tt) = #|number| by rewrite size_map -cardE.
have msP u : uniq (ms u) /\ size (ms u) = #|number| by case: u.
have U0 : (0 < #|{: unit}|)%N by rewrite card_unit.
have bin_le : 'C(#|number|, 2)%:R <= 'C(N, 2)%:R :> rat by rewrite ler_nat leq_bin2l.
have two_inv m : 0 <= (2%:R ^+ m)^-1 :> rat by rewrite invr_ge0 exprn_ge0 ?ler0n.
have := pr_collisions symbol0 (F H cut) (ms := ms) (n := #|number|) msP U0.
rewrite (eq_E (g := fun _ : unit => pr (fun k => ~~ uniq [seq F H cut k m | m <- ms tt]))); last by case.
rewrite (E_const _ U0) card_symbol => chain; rewrite /chain_risk.
rewrite (eq_pr (Q := fun k => ~~ uniq [seq F H cut k m | m <- ms tt])); last first.
  by move=> k; rewrite /doubles /ms -map_comp /injectiveb /dinjectiveb.
apply: le_trans chain _; rewrite /chain_cost_of; apply: ler_add; first by rewrite (ler_wpmul2r (two_inv 128%N)).
rewrite (prf_truncated H key0 (fun u => collision_finder symbol (ms u)) (@inj_id _) cut_balanced).
have asked u : calls #|number| (via id cut (collision_finder symbol (ms u))).
  by apply: calls_via; rewrite -sizes; exact: calls_ask_all.
apply: le_trans (hmac_sha256_prf U0 asked) _.
by apply: ler_add; [exact: lexx | by rewrite (ler_wpmul2r (two_inv 256%N))].
Qed.

Definition ladder_cost (side : mode) : rat :=
  compression_adv (ladder_hop side) + 'C(q.+1, 2)%:R / 2%:R ^+ 256.

Theorem linking_deployed :
  `|world Left - world Right|
    <= ladder_cost Left + ladder_cost Right + \sum_(h <- hops parent) hop_cost h
       + \sum_s (if parent s then 5%:R * chain_cost else 0).
Proof.
have C0 : (0 < #|C|)%N by apply/card_gt0P; exists c0.
have K0 : (0 < #|key|)%N by apply/card_gt0P; exists key0.
have W0 : (0 < #|{: C * key * keys (ordinal_finType q) key}|)%N.
  by rewrite !card_prod !muln_gt0 C0 K0 /= (card_ffun_gt0 _ key0).
have hop_le h : hop_adv (F H cut) number_message symbol_message tag_message parent symbol0 key0 (with_root_tag cut t) h
    <= hop_cost h.
  rewrite /hop_adv (prf_truncated H key0 _ (@inj_id _) cut_balanced).
  apply: hmac_sha256_prf W0 _ => w.
  by apply: calls_via; apply: calls_reduction; exact: at_most.
have ladder side : adv H (ladder_hop side) <= ladder_cost side.
  apply: hmac_sha256_prf => // c; have := calls_ladder H cut number_message symbol_message tag_message label_message
    parent symbol0 key0 t side c; by rewrite card_ord.
apply: le_trans (linking_from_root H cut symbol0 key0 c0 t label_message_inj label_message_tag deployed_well_formed) _.
rewrite -[X in _ <= X]addrA; apply: ler_add; first by apply: ler_add; exact: ladder.
apply: ler_add; first by apply: ler_sum => h _; exact: hop_le.
exact: (sum_some_le (fun s => isSome (parent s)) (chain_risk_le card_number)).
Qed.

End Deployed.
