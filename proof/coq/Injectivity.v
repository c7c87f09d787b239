(** * Nothing that enters an HMAC can be read in two ways

    Numbers, labels, and what a check digit does not see. *)

From Coq Require Import NArith ZArith Lia.
From mathcomp Require Import all_ssreflect.
From fugo Require Import Sha256 Encoding.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Lemma is_numberP s : is_number s ->
  [/\ all is_digit s, size s = 12 & check_digit (digits (take 11 s)) = N.sub (nth 0%num s 11) 48].
Proof.
rewrite /is_number /parse_number; case: ifPn => // all_digits.
case: eqP => //= s12; case: eqP => //= cd; case: ifP => // _ _; split=> //.
by rewrite -has_find in all_digits; apply/allP => b bs; apply: contraNT all_digits => nb; apply/hasP; exists b.
Qed.

Lemma digit_bounds b : is_digit b -> (48 <= b <= 57)%num.
Proof. by move=> /andP[/N.leb_le lo /N.leb_le hi]. Qed.

(** A number is its body and the body's check digit. *)
Theorem number_body_inj s t : is_number s -> is_number t -> take 11 s = take 11 t -> s = t.
Proof.
move=> /is_numberP[ds s12 cs] /is_numberP[dt t12 ct] e.
have split_last (u : bytes) : size u = 12 -> u = take 11 u ++ [:: nth 0%num u 11].
  move=> u12; rewrite -[LHS](cat_take_drop 11); congr (_ ++ _).
  by rewrite (drop_nth 0%num) ?u12 // drop_oversize ?u12.
rewrite (split_last s s12) (split_last t t12) e; congr (_ ++ [:: _]).
rewrite e ct in cs.
have d11 u : all is_digit u -> size u = 12 -> is_digit (nth 0%num u 11) by move=> au u12; apply: (allP au); rewrite mem_nth ?u12.
have := digit_bounds (d11 s ds s12); have := digit_bounds (d11 t dt t12); lia.
Qed.

Lemma weighted_sum_at ws l d r :
  weighted_sum ws (l ++ d :: r) = N.add (weighted_sum ws (l ++ 0%num :: r)) (N.mul (nth 0%num ws (size l)) d).
Proof.
elim: ws l => [|w ws IH] [|x l] //=; first lia.
by rewrite IH; lia.
Qed.

Lemma remainder_moves a w d d' : (2 <= w <= 7)%num -> (d < 10)%num -> (d' < 10)%num ->
  ((a + w * d) mod 11 = (a + w * d') mod 11)%num -> d = d'.
Proof.
move=> w27 d10 d'10 e.
have cases : (w = 2 \/ w = 3 \/ w = 4 \/ w = 5 \/ w = 6 \/ w = 7)%num by lia.
by case: cases e => [->|[->|[->|[->|[->|->]]]]] e; zify; Z.to_euclidean_division_equations; lia.
Qed.

Lemma digit_of_remainder_eq r r' : (r < 11)%num -> (r' < 11)%num -> r <> r' ->
  digit_of_remainder r = digit_of_remainder r' -> digit_of_remainder r = 0%num.
Proof. by rewrite /digit_of_remainder; case: N.leb_spec0 => ?; case: N.leb_spec0 => ? //; lia. Qed.

(** Errors in one digit of the body go unseen only where the check digit is 0. *)
Theorem single_digit_error (l r : seq N) (d d' : N) :
    size l < 11 -> (d < 10)%num -> (d' < 10)%num -> d <> d' ->
  check_digit (l ++ d :: r) = check_digit (l ++ d' :: r) -> check_digit (l ++ d :: r) = 0%num.
Proof.
move=> l11 d10 d'10 dd.
have [w2 w7] : (2 <= nth 0%num weights (size l))%num /\ (nth 0%num weights (size l) <= 7)%num.
  have all27 : all (fun w => N.leb 2 w && N.leb w 7) weights by [].
  have /(allP all27)/andP[/N.leb_le lo /N.leb_le hi] := mem_nth 0%num (l11 : size l < size weights).
  by split.
have below ds : (remainder ds < 11)%num by rewrite /remainder; apply: N.mod_lt.
rewrite /check_digit => e; apply: (digit_of_remainder_eq (below _) (below _) _ e) => {e}.
rewrite /remainder (weighted_sum_at _ l d) (weighted_sum_at _ l d') => e; exact: dd (remainder_moves (conj w2 w7) d10 d'10 e).
Qed.

Lemma is_scopeP s : is_scope s ->
  [/\ (purpose s < 256)%num, (epoch s < 2 ^ 32)%num, size (scope_id s) <= 40, 0 < size (scope_id s)
    & all is_byte (scope_id s)].
Proof.
rewrite /is_scope /check_scope; case: ifPn => //; rewrite negbK => /andP[/N.leb_le lo /N.leb_le hi].
case: ifPn => //; rewrite negbK => /and5P[id0 id40 idb _ _].
case: ifP => // _; case: ifP => // _ /N.ltb_lt e32; split=> //; first lia.
apply: sub_all idb => b; rewrite /id_byte => /or3P[/andP[_ /N.leb_le h]|/andP[_ /N.leb_le h]|/eqP ->] //;
  apply/N.ltb_lt; lia.
Qed.

Lemma byte_atE x s : byte_at x s = ((x / 2 ^ s) mod 256)%num.
Proof. by rewrite /byte_at N.shiftr_div_pow2. Qed.

(** Four bytes tell a number below 2^32. *)
Lemma word_bytes_inj x y : (x < 2 ^ 32)%num -> (y < 2 ^ 32)%num -> word_bytes x = word_bytes y -> x = y.
Proof.
have four z : (z < 2 ^ 32)%num -> z = (byte_at z 0 + 256 * (byte_at z 8 + 256 * (byte_at z 16 + 256 * byte_at z 24)))%num.
  move=> z32; rewrite !byte_atE.
  have -> : (z / 2 ^ 24 = z / 256 / 256 / 256)%num by rewrite !N.div_div.
  have -> : (z / 2 ^ 16 = z / 256 / 256)%num by rewrite N.div_div.
  have -> : (z / 2 ^ 8 = z / 256)%num by [].
  have -> : (z / 2 ^ 0 = z)%num by rewrite N.div_1_r.
  have top : (z / 256 / 256 / 256 < 256)%num.
    by rewrite !N.div_div //; apply: N.div_lt_upper_bound.
  have e0 := N.div_mod z 256 (fun e => ltac:(discriminate e)).
  have e1 := N.div_mod (z / 256) 256 (fun e => ltac:(discriminate e)).
  have e2 := N.div_mod (z / 256 / 256) 256 (fun e => ltac:(discriminate e)).
  rewrite (N.mod_small _ _ top).
  move: e0 e1 e2; move: (z mod 256)%num (z / 256 mod 256)%num (z / 256 / 256 mod 256)%num => m0 m1 m2.
  by move: (z / 256)%num (z / 256 / 256)%num (z / 256 / 256 / 256)%num => d1 d2 d3; lia.
move=> x32 y32; rewrite /word_bytes => -[b3 b2 b1 b0].
by apply: etrans (four x x32) _; rewrite b0 b1 b2 b3; exact: esym (four y y32).
Qed.

(** Two scopes never share a label. *)
Theorem label_inj s t : is_scope s -> is_scope t -> label s = label t -> s = t.
Proof.
move=> /is_scopeP[_ es _ _ _] /is_scopeP[_ et _ _ _]; case: s t es et => [p i e] [p' i' e'] /= es et.
rewrite /label /= => -[pp b3 b2 b1 b0 _ ->].
by congr Scope => //; apply: word_bytes_inj => //; rewrite /word_bytes b3 b2 b1 b0.
Qed.

Lemma size_label s : size (label s) = 11 + size (scope_id s).
Proof. by []. Qed.

Lemma label_bytes s : is_scope s -> all is_byte (label s).
Proof.
move=> /is_scopeP[p256 _ id40 _ idb].
have lp : is_byte (purpose s) by apply/N.ltb_lt.
have ll : is_byte (N.of_nat (size (scope_id s))) by apply/N.ltb_lt; move/leP: id40; lia.
rewrite /label -[version :: _]/([:: version; purpose s] ++ word_bytes (epoch s) ++ [:: N.of_nat _] ++ scope_id s).
by rewrite !all_cat word_bytes_bytes idb /= lp ll.
Qed.

(** Every message under one key tells its kind by its length. *)
Lemma size_scope_key_message s : is_scope s -> 12 < size (scope_key_message s) <= 52.
Proof.
move=> /is_scopeP[_ _ id40 id0 _]; rewrite /scope_key_message size_cat size_label addn1.
by apply/andP; split; [rewrite ltnS -[12]/(11 + 1) leq_add2l | rewrite ltnS -[51]/(11 + 40) leq_add2l].
Qed.

(** ** The ladder

    32 bytes of HKDF-Expand are one HMAC. *)
Theorem scope_keyE root s : scope_key root s = hmac_sha256 root (scope_key_message s).
Proof. by rewrite /scope_key /hkdf_expand /= cats0 take_oversize ?size_sha256. Qed.
