(** * Byte strings as finite types

    Tuples of bytes for keys, blocks and symbols, bounded sequences for messages; [raw] gives the executable list.
    Every function of the theorems is the executable one between [raw] and its inverse. *)

From Coq Require Import NArith Lia.
From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Cascade Sha256.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Opaque compress length_bytes.

Definition byte : finType := [finType of 'I_256].
Definition to_N (b : byte) : N := N.of_nat (nat_of_ord b).
Definition of_N (x : N) : byte := @inord 255 (N.to_nat x).

Lemma to_NK : cancel to_N of_N.
Proof. by move=> b; rewrite /of_N /to_N Nnat.Nat2N.id inord_val. Qed.

Lemma of_NK x : is_byte x -> to_N (of_N x) = x.
Proof.
move=> /N.ltb_lt x256; rewrite /to_N /of_N inordK ?Nnat.N2Nat.id //.
by apply/ssrnat.ltP; lia.
Qed.

Definition raw (s : seq byte) : bytes := map to_N s.

Lemma raw_inj : injective raw.
Proof. exact: inj_map (can_inj to_NK). Qed.

Lemma size_raw s : size (raw s) = size s.
Proof. exact: size_map. Qed.

Lemma raw_of_N s : all is_byte s -> raw (map of_N s) = s.
Proof.
move=> /allP sb; rewrite /raw -map_comp -[RHS]map_id; apply/eq_in_map => x xs.
exact: of_NK (sb x xs).
Qed.

Lemma raw_bytes s : all is_byte (raw s).
Proof.
by apply/allP => _ /mapP[b _ ->]; apply/N.ltb_lt; rewrite /to_N; have := ltn_ord b; move/ssrnat.ltP; lia.
Qed.

Definition wrap (n : nat) (s : bytes) : n.-tuple byte := [tuple of_N (nth 0%num s i) | i < n].

Lemma raw_wrap n s : size s = n -> all is_byte s -> raw (wrap n s) = s.
Proof.
move=> sn sb; rewrite -[RHS](raw_of_N sb); congr raw; apply: (@eq_from_nth _ (of_N 0)).
  by rewrite size_tuple size_map sn.
move=> i; rewrite size_tuple => iN.
by rewrite -[i]/(nat_of_ord (Ordinal iN)) -tnth_nth tnth_mktuple (nth_map 0%num) // sn.
Qed.

Definition key : finType := [finType of 32.-tuple byte].
Definition block : finType := [finType of 64.-tuple byte].
Definition symbol : finType := [finType of 16.-tuple byte].
Definition message : finType := [finType of 55.-bseq byte].

Definition message_of (s : bytes) : message := insub_bseq 55 (map of_N s).

Lemma raw_message_of s : (size s <= 55)%N -> all is_byte s -> raw (message_of s) = s.
Proof.
move=> s55 sb; have m55 : (size (map of_N s) <= 55)%N by rewrite size_map.
by rewrite /message_of /insub_bseq /insubd (insubT (fun r => size r <= 55)%N m55) /= raw_of_N.
Qed.

Lemma size_message (m : message) : (size (raw m) <= 55)%N.
Proof. by rewrite size_raw size_bseq. Qed.

(** ** The construction's functions *)

(** HMAC-SHA-256, 32 bytes. *)
Definition H (k : key) (m : message) : key := wrap 32 (hmac_sha256 (raw k) (raw m)).

(** The leftmost 16 bytes. *)
Definition cut (k : key) : symbol := [tuple nth ord0 k i | i < 16].

Definition symbol_message (s : symbol) : message := insub_bseq 55 s.

(** ** The same as a cascade of the compression function *)

Definition comp (st : key) (b : block) : key := wrap 32 (compress (raw st) (raw b)).
Definition two_keys (k : key) : key * key :=
  (wrap 32 (compress initial_state (inner_block (raw k))), wrap 32 (compress initial_state (outer_block (raw k)))).
Definition message_block (m : message) : block := wrap 64 (last_block (raw m)).
Definition digest_block (d : key) : block := wrap 64 (last_block (raw d)).

Lemma raw_H k m : raw (H k m) = hmac_sha256 (raw k) (raw m).
Proof.
have k64 : (size (raw k) <= 64)%N by rewrite size_raw size_tuple.
have e := hmac_is_cascade k64 (size_message m).
by rewrite /H raw_wrap // e ?size_compress ?compress_bytes.
Qed.

Lemma raw_compress st b : raw (wrap 32 (compress st b)) = compress st b.
Proof. by rewrite raw_wrap ?size_compress ?compress_bytes. Qed.

Lemma raw_last_block s : (size (raw s) <= 55)%N -> raw (wrap 64 (last_block (raw s))) = last_block (raw s).
Proof. by move=> s55; rewrite raw_wrap ?size_last_block ?last_block_bytes ?raw_bytes. Qed.

Theorem H_is_cascade k m : H k m = hmac two_keys comp message_block digest_block k m.
Proof.
apply/val_inj/raw_inj; rewrite raw_H.
have k64 : (size (raw k) <= 64)%N by rewrite size_raw size_tuple.
have d55 (d : key) : (size (raw d) <= 55)%N by rewrite size_raw size_tuple.
have raw_comp st b : raw (comp st b) = compress (raw st) (raw b) by exact: raw_compress.
have raw_digest d : raw (digest_block d) = last_block (raw d) by exact: raw_last_block (d55 d).
have raw_message : raw (message_block m) = last_block (raw m) by exact: raw_last_block (size_message m).
have inner : raw (two_keys k).1 = compress initial_state (inner_block (raw k)) by exact: raw_compress.
have outer : raw (two_keys k).2 = compress initial_state (outer_block (raw k)) by exact: raw_compress.
rewrite (hmac_is_cascade k64 (size_message m)) /hmac /cascade; move: raw_comp raw_digest raw_message inner outer.
move: comp digest_block (message_block m) (two_keys k) => c d b [ki ko] /= ec ed eb ei eo.
by rewrite ec ed ec eb ei eo.
Qed.

Lemma message_block_inj : injective message_block.
Proof.
move=> m m' e; apply/val_inj/raw_inj/(last_block_inj (size_message m) (size_message m')).
have := congr1 (fun b : block => raw b) e.
by rewrite /message_block (raw_last_block (size_message m)) (raw_last_block (size_message m')).
Qed.

Lemma digest_block_inj : injective digest_block.
Proof.
have d55 (d : key) : (size (raw d) <= 55)%N by rewrite size_raw size_tuple.
move=> d d' e; apply/val_inj/raw_inj/(last_block_inj (d55 d) (d55 d')).
have := congr1 (fun b : block => raw b) e.
by rewrite /digest_block (raw_last_block (d55 d)) (raw_last_block (d55 d')).
Qed.

Lemma cut_balanced : balanced cut.
Proof.
move=> u v; pose tau (k : key) : key := [tuple if (i < 16)%N then nth ord0 (tperm u v (cut k)) i else tnth k i | i < 32].
have cut_tau k : cut (tau k) = tperm u v (cut k).
  apply: eq_from_tnth => i; rewrite tnth_mktuple.
  have i32 : (i < 32)%N by rewrite (leq_trans (ltn_ord i)).
  by rewrite -[nat_of_ord i]/(nat_of_ord (Ordinal i32)) -tnth_nth tnth_mktuple /= ltn_ord -tnth_nth.
exists tau => [k k' e|k cu]; last by rewrite cut_tau cu tpermL.
apply: eq_from_tnth => i; have := congr1 (fun x => tnth x i) e; rewrite !tnth_mktuple.
case: ifP => // i16 _; have := congr1 cut e; rewrite !cut_tau => /perm_inj ce.
by have := congr1 (fun x => tnth x (Ordinal i16)) ce; rewrite !tnth_mktuple /= -!tnth_nth.
Qed.

Lemma card_key : #|key|%:R = 2%:R ^+ 256 :> rat.
Proof. by rewrite card_tuple card_ord natrX -[256%N in LHS]/(2 ^ 8)%N natrX -exprM. Qed.

Lemma card_symbol : #|symbol|%:R = 2%:R ^+ 128 :> rat.
Proof. by rewrite card_tuple card_ord natrX -[256%N in LHS]/(2 ^ 8)%N natrX -exprM. Qed.

Definition key0 : key := wrap 32 [::].
Definition symbol0 : symbol := wrap 16 [::].

(** ** Advantage against SHA-256's compression function

    The three terms of one distinguisher of HMAC-SHA-256. *)
Section Compression.
Variables (W : finType) (D : W -> tree message key).

Definition compression_adv : rat :=
  dual_adv two_keys comp message_block digest_block D
  + adv comp (inner_adversary comp message_block digest_block D)
  + adv comp (outer_adversary message_block digest_block D).

Theorem hmac_sha256_prf n : (0 < #|W|)%N -> (forall w, calls n (D w)) ->
  adv H D <= compression_adv + 'C(n, 2)%:R / 2%:R ^+ 256.
Proof.
move=> W0 callsD; rewrite -card_key.
apply: le_trans (hmac_prf key0 two_keys comp message_block_inj digest_block_inj W0 callsD).
rewrite le_eqVlt; apply/orP; left; apply/eqP; congr (`| _ - _ |).
by apply: eq_E => w; apply: eq_E => k; rewrite /says (eq_exec _ (H_is_cascade k)).
Qed.
End Compression.
