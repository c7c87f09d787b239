(** * What deliveries show

    A delivery is a file: the set of the symbols of some persons in one scope. Deliveries come over time, to several
    scopes. Take two worlds of deliveries in which, for each scope, a renaming of persons turns the sets of the left
    world into those of the right world. So within a scope all sets have the same sizes, and so have all that they have
    in common; persons can be any others, and can be shared with other scopes in any other way. Whoever sees all files,
    all tags, and the keys of scopes in which nobody is renamed, does not tell these worlds apart. So what deliveries to
    a scope show is who is in which of them, by symbol, and nothing that crosses scopes. *)

From Coq Require Import NArith List.
From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops Hybrid Ladder Cascade Sha256 Encoding Injectivity Bytes.
From fugo Require Import Deployed Unlinkability Answered Searches.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Opaque compress length_bytes.

(** Lists of answers, over any types. *)
Section Answers.
Variables (S K : finType).

Definition first (y0 : S) (r : S + K) : S := if r is inl y then y else y0.
Definition second (k0 : K) (r : S + K) : K := if r is inr k then k else k0.

(** Cuts a list of answers into keys, files of these sizes, and tags. *)
Definition sorted_out (y0 : S) (k0 : K) (keys : nat) (sizes : seq nat) (r : seq (S + K)) :
    seq {set S} * seq S * seq K :=
  let rest := drop keys r in
  ([seq [set y in map (first y0) file] | file <- reshape sizes (take (sumn sizes) rest)],
   map (first y0) (drop (sumn sizes) rest), map (second k0) (take keys r)).

Lemma sorted_outE y0 k0 (ks : seq K) (files : seq (seq S)) (tags : seq S) :
  sorted_out y0 k0 (size ks) (map size files)
    (map inr ks ++ flatten [seq map inl file | file <- files] ++ map inl tags)
  = ([seq [set y in file] | file <- files], tags, ks).
Proof.
have keysE : size (map (@inr S K) ks) = size ks by rewrite size_map.
set all_files := flatten _.
have shapeE : shape [seq map (@inl S K) file | file <- files] = map size files.
  by rewrite /shape -map_comp; apply: eq_map => file /=; rewrite size_map.
have sizeE : size all_files = sumn (map size files) by rewrite /all_files size_flatten shapeE.
rewrite /sorted_out (drop_size_cat _ keysE) (take_size_cat _ keysE) (take_size_cat _ sizeE) (drop_size_cat _ sizeE).
rewrite -shapeE /all_files flattenK -!map_comp; congr (_, _, _).
- by apply: eq_map => file /=; rewrite -map_comp map_id_in.
- by rewrite map_id_in.
- by rewrite map_id_in.
Qed.
End Answers.

Section Deliveries.
Variables (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q).
Hypothesis registry_inj : injective registry.
Hypothesis registry_valid : forall a, is_scope (registry a).
Hypothesis registry_insurers : registry insurers = insurers_first.

(** To which scope each delivery goes, and whom it is about in the left world. *)
Variables (k : nat) (scope_of : 'I_k -> 'I_q) (left_persons : 'I_k -> {set number}).
(** How the persons of each scope are renamed in the right world. *)
Variable renamed : 'I_q -> {perm number}.
Definition right_persons (d : 'I_k) : {set number} := [set renamed (scope_of d) x | x in left_persons d].

(** The scopes whose keys are given away. *)
Variable given : seq 'I_q.
Hypothesis given_alike : forall a, a \in given -> renamed a = 1%g.
Hypothesis insurers_too : forall a, a \in given -> purpose (registry a) = purpose_eligibility -> insurers \in given.

Variables (C : finType) (c0 : C) (verdict : C -> symbol -> seq {set symbol} * seq symbol * seq key -> bool).

(** The insurers' key, if it is given away, comes first. *)
Definition given_in_order : seq 'I_q := if insurers \in given then insurers :: given else given.

(** All files, all tags, the given keys. *)
Definition seen (root : key) (persons : 'I_k -> {set number}) : seq {set symbol} * seq symbol * seq key :=
  ([seq [set symbol_at registry root (scope_of d) x | x in persons d] | d <- enum 'I_k],
   [seq tag_at registry root a | a <- enum 'I_q], [seq key_at registry root a | a <- given_in_order]).

(** Pr[the verdict is "yes"], over its coins and the root key; it is told what the root's tag is the start of. *)
Definition verdict_on (persons : 'I_k -> {set number}) : rat :=
  E (fun c => E (fun root : key => (verdict c (root_tag_at root) (seen root persons))%:R)).

(** The script that asks for all of this. *)
Definition asked : seq (question q) :=
  [seq Answered.Take a | a <- given_in_order]
  ++ flatten [seq [seq AskFor (scope_of d) x (renamed (scope_of d) x) | x <- enum (left_persons d)] | d <- enum 'I_k]
  ++ [seq Answered.TagOf a | a <- enum 'I_q].

Definition delivery_adversary (c : C) (y : symbol) : linker (ordinal_eqType q) number key symbol :=
  scripted asked (fun r =>
    verdict c y (sorted_out symbol0 key0 (size given_in_order) [seq #|left_persons d| | d <- enum 'I_k] r)).

Lemma mem_given a : a \in given_in_order -> a \in given.
Proof. by rewrite /given_in_order; case: ifP => // ig; rewrite inE => /predU1P[->|]. Qed.

Lemma in_asked e : In e asked ->
  match e with
  | AskFor a x y => y = renamed a x
  | Answered.TagOf _ => True
  | Answered.Take a => a \in given_in_order
  end.
Proof.
rewrite /asked !In_cat => -[|[]].
- by elim: given_in_order => //= a s IH [<-|/IH]; rewrite ?mem_head // => {IH}; case: e => // b bs; rewrite inE bs orbT.
- elim: (enum 'I_k) => //= d ds IH /In_cat[|]; last exact: IH.
  by elim: (enum (left_persons d)) => //= x xs IHx [<-|/IHx].
by elim: (enum 'I_q) => //= a s IH [<-|/IH].
Qed.

Lemma asked_keeps_rules : keeps_rules registry insurers pred0 asked.
Proof.
split=> // [a x y x' y' /in_asked -> /in_asked ->|a x y /in_asked ag /in_asked ->|l1 a l2 le el _].
- by rewrite (inj_eq perm_inj).
- by rewrite given_alike ?mem_given // perm1.
have aI : a != insurers by apply/eqP => e; move: el; rewrite e registry_insurers.
have ag : a \in given by apply: mem_given; apply: (in_asked (e := Answered.Take a)); rewrite le In_cat; right; left.
move: le; rewrite /asked /given_in_order (insurers_too ag el) /=.
case: l1 => [[e]|u l1 [<- _]]; last by left.
by rewrite e eqxx in aI.
Qed.

(** The answers to the script, cut into files, tags and keys, are what is seen. *)
Lemma answers_are_seen root (left : bool) :
  sorted_out symbol0 key0 (size given_in_order) [seq #|left_persons d| | d <- enum 'I_k] (map (answer registry root left) asked)
  = seen root (if left then left_persons else right_persons).
Proof.
pose row d := [seq symbol_at registry root (scope_of d) (if left then x else renamed (scope_of d) x) | x <- enum (left_persons d)].
have answersE : map (answer registry root left) asked
    = map inr [seq key_at registry root a | a <- given_in_order]
      ++ flatten [seq map inl file | file <- map row (enum 'I_k)] ++ map inl [seq tag_at registry root a | a <- enum 'I_q].
  rewrite /asked !map_cat map_flatten -!map_comp; congr (_ ++ (flatten _ ++ _)).
  by apply: eq_map => d /=; rewrite /row -!map_comp.
have sizesE : [seq #|left_persons d| | d <- enum 'I_k] = map size (map row (enum 'I_k)).
  by rewrite -map_comp; apply: eq_map => d /=; rewrite size_map cardE.
have keysE : size given_in_order = size [seq key_at registry root a | a <- given_in_order] by rewrite size_map.
rewrite answersE sizesE keysE sorted_outE /seen; congr (_, _, _); rewrite -map_comp; apply: eq_map => d /=.
rewrite /row; apply/setP => y; rewrite inE; case: left {answersE sizesE row} => /=.
  by apply/mapP/imsetP => [[x]|[x]]; rewrite ?mem_enum => xd ->; exists x; rewrite ?mem_enum.
apply/mapP/imsetP => [[x]|[x /imsetP[z zd ->]]]; last by move=> ->; exists z; rewrite ?mem_enum.
by rewrite mem_enum => xd ->; exists (renamed (scope_of d) x) => //; apply/imsetP; exists x.
Qed.

Lemma verdict_is_yes (left : bool) :
  yes registry insurers pred0 delivery_adversary left = verdict_on (if left then left_persons else right_persons).
Proof.
pose on_answers c y r := verdict c y (sorted_out symbol0 key0 (size given_in_order) [seq #|left_persons d| | d <- enum 'I_k] r).
have scripted_yes := yes_of_script (registry := registry) (insurers := insurers) (leaked := pred0)
  (l := fun (_ : C) (_ : symbol) => asked) on_answers left (fun _ _ => asked_keeps_rules).
refine (etrans scripted_yes _); rewrite /on_answers {scripted_yes on_answers}; apply: eq_E => c; apply: eq_E => root.
by rewrite answers_are_seen.
Qed.

Variable n : 'I_q -> nat.
Hypothesis at_most : forall c y s, asks s (n s) (delivery_adversary c y).

Theorem deliveries_show_no_more :
  `|verdict_on left_persons - verdict_on right_persons| <= cost registry insurers pred0 delivery_adversary n.
Proof.
have := unlinkability registry_inj registry_valid registry_insurers pred0 c0 at_most.
by rewrite (verdict_is_yes true) (verdict_is_yes false) /cost.
Qed.
End Deliveries.
