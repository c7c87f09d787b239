(** * A registry, two persons, an adversary: hypotheses that are met

    A list of scopes is a registry if a computed test says so. One that passes is given, and the theorem for it has no
    hypothesis left but how often the adversary asks. *)

From Coq Require Import NArith.
From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops Hybrid Ladder Cascade Sha256 Encoding Injectivity Bytes.
From fugo Require Import Deployed Unlinkability.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Opaque compress length_bytes.

Section Registry.
Variable scopes : seq scope.

Definition fields (s : scope) : N * bytes * N := (purpose s, scope_id s, epoch s).
Definition is_registry : bool :=
  [&& uniq (map fields scopes), all is_scope scopes & fields insurers_first \in map fields scopes].

Definition scope_at (a : 'I_(size scopes)) : scope := nth insurers_first scopes a.

Lemma fields_inj : injective fields.
Proof. by case=> [p i e] [p' i' e'] [-> -> ->]. Qed.

(** The test is enough for what the theorem asks of a registry. *)
Theorem registry_is_fit : is_registry ->
  [/\ injective scope_at, forall a, is_scope (scope_at a) & exists a, scope_at a = insurers_first].
Proof.
case/and3P => u /(all_nthP insurers_first) valid listed; split=> [a b ab|a|].
- apply/val_inj/eqP; rewrite -(nth_uniq (fields insurers_first) _ _ u) ?size_map ?ltn_ord //.
  by rewrite !(nth_map insurers_first) ?ltn_ord // -!/(scope_at _) ab.
- exact: valid (ltn_ord a).
- have lt : (index (fields insurers_first) (map fields scopes) < size scopes)%N.
    by rewrite -(size_map fields) index_mem.
  exists (Ordinal lt); apply: fields_inj; rewrite /scope_at -(nth_map _ (fields insurers_first)) //=.
  exact: nth_index.
Qed.
End Registry.

(** ** One that passes *)

Definition id_nta : bytes := [:: 110; 116; 97]%num.
Definition id_pension : bytes := [:: 110; 101; 110; 107; 105; 110]%num.

(** Two agencies, one of them in two epochs; both stages of eligibility; research. *)
Definition example_scopes : seq scope :=
  [:: Scope 1 id_nta 1; Scope 1 id_nta 2; Scope 1 id_pension 1; insurers_first;
      Scope purpose_eligibility all_insurers 1; Scope purpose_eligibility all_insurers 2; Scope 5 id_pension 1]%num.

Lemma example_is_registry : is_registry example_scopes.
Proof. by []. Qed.

Definition q := size example_scopes.
Definition registry : 'I_q -> scope := scope_at (scopes := example_scopes).
Definition nta : 'I_q := @Ordinal q 0 isT.
Definition pension : 'I_q := @Ordinal q 2 isT.
Definition insurers : 'I_q := @Ordinal q 3 isT.
Definition eligibility : 'I_q := @Ordinal q 4 isT.
Definition eligibility_leaked : 'I_q := @Ordinal q 5 isT.
Definition leaked : pred 'I_q := pred1 eligibility_leaked.

(** ** An adversary, for any two persons *)
Section Curious.
Variables person_x person_y : number.

(** It takes the key that leaked, asks for a tag and for x's symbol at the first agency, for those of x or y with the
    insurers and at the second agency, takes the first agency's key and asks for the eligibility symbol of x or y. *)
Definition curious (_ : unit) (_ : symbol) : linker (ordinal_eqType q) number key symbol :=
  Corrupt eligibility_leaked (fun _ => Tag nta (fun _ => Ask nta person_x person_x (fun s1 =>
  Ask insurers person_x person_y (fun s2 => Ask pension person_x person_y (fun s3 => Corrupt nta (fun _ =>
  Ask eligibility person_x person_y (fun s4 => Guess ((s1 == s2) || (s1 == s3) || (s3 == s4))))))))).

Definition questions (s : 'I_q) : nat := (nth 0 [:: 2; 0; 1; 1; 1; 0; 0] s)%N.

Section Answers.
Variables (root : key) (left : bool).
Let play := played registry insurers leaked root left.

Lemma answered a x0 x1 k h taken : ~~ leaked a && allowed h taken a (x0, x1) ->
  play (Ask a x0 x1 k) h taken
  = play (k (wrap 16 (derive_symbol (raw root) (registry a) (raw (val (if left then x0 else x1)))))) ((a, (x0, x1)) :: h) taken.
Proof. by rewrite /play /= => ->. Qed.

Lemma given a k h taken : givable (parent registry insurers leaked) h taken a ->
  play (Corrupt a k) h taken = play (k (wrap 32 (scope_key (raw root) (registry a)))) h (a :: taken).
Proof. by rewrite /play /= => ->. Qed.

Lemma told a k h taken :
  play (Tag a k) h taken = play (k (wrap 16 (symbol_from (scope_key (raw root) (registry a)) tag_bytes))) h taken.
Proof. exact: erefl. Qed.

(** Nothing that it asks is refused. *)
Theorem instance_is_played y :
  played registry insurers leaked root left (curious tt y) [::] [::]
  = let symbol_at a (x : number) := wrap 16 (derive_symbol (raw root) (registry a) (raw (val x))) in
    let other := if left then person_x else person_y in
    [|| symbol_at nta person_x == symbol_at insurers other, symbol_at nta person_x == symbol_at pension other
      | symbol_at pension other == symbol_at eligibility other].
Proof.
rewrite -/play /curious given; last exact: isT.
rewrite told.
rewrite answered; last exact: isT.
rewrite answered; last exact: isT.
rewrite answered; last exact: isT.
rewrite given; last by rewrite /givable /= !eqxx.
rewrite answered; last exact: isT.
rewrite if_same orbA; exact: erefl.
Qed.
End Answers.

(** The theorem for it: no hypothesis is left. *)
Theorem instance_unlinkable :
  `|yes registry insurers leaked curious true - yes registry insurers leaked curious false|
    <= ladder_cost registry insurers leaked (adversary leaked curious) Left
       + ladder_cost registry insurers leaked (adversary leaked curious) Right
       + \sum_(h <- hops (parent registry insurers leaked))
           hop_cost registry insurers leaked (adversary leaked curious) questions h
       + \sum_s (if parent registry insurers leaked s then 5%:R * chain_cost else 0).
Proof.
have [inj valid _] := registry_is_fit example_is_registry.
apply: (unlinkability inj valid _ _ tt) => // u y s.
by case: s => -[|[|[|[|[|[|[|s]]]]]]] //= sN; rewrite -!val_eqE.
Qed.
End Curious.

(** ** Two persons: 123456789018 and 000000000019 *)

Definition digits_of (ds : seq N) : bytes := map (N.add 48) ds.
Definition number_of (s : bytes) (ok : is_number s && (size s <= 55)%N && all is_byte s) : number.
Proof.
exists (message_of s); case/andP: ok => /andP[ok s55] sb; by rewrite raw_message_of.
Defined.
Definition person_x : number := @number_of (digits_of [:: 1; 2; 3; 4; 5; 6; 7; 8; 9; 0; 1; 8])%num isT.
Definition person_y : number := @number_of (digits_of [:: 0; 0; 0; 0; 0; 0; 0; 0; 0; 0; 1; 9])%num isT.

Theorem persons_differ : person_x != person_y.
Proof.
apply/eqP => /(congr1 (fun x : number => raw (val x))) /=; by rewrite !raw_message_of.
Qed.
