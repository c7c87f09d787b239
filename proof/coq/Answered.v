(** * What is answered: every script that keeps the rules

    A script is a list of questions that does not depend on the answers. The rules are written here in words that do
    not mention the game's own tests. A script that keeps them is answered in full, with derived bytes. So the game
    refuses no more than the rules say, whatever the number of questions. *)

From Coq Require Import NArith List.
From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops Hybrid Ladder Cascade Sha256 Encoding Injectivity Bytes.
From fugo Require Import Deployed Unlinkability.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Opaque compress length_bytes.

Lemma In_cat (T : Type) (x : T) (r s : seq T) : In x (r ++ s) <-> In x r \/ In x s.
Proof. by elim: r => [|y r IH] /=; [tauto | rewrite IH; tauto]. Qed.

Section Script.
Variables (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q) (leaked : pred 'I_q).

Variant question := AskFor of 'I_q & number & number | TagOf of 'I_q | Take of 'I_q.

(** Asks the questions in order; the verdict is a function of all answers. *)
Fixpoint scripted (l : seq question) (verdict : seq (symbol + key) -> bool) :
    linker (ordinal_eqType q) number key symbol :=
  match l with
  | [::] => Guess (verdict [::])
  | AskFor a x y :: l' => Ask a x y (fun s => scripted l' (fun r => verdict (inl s :: r)))
  | TagOf a :: l' => Tag a (fun s => scripted l' (fun r => verdict (inl s :: r)))
  | Take a :: l' => Corrupt a (fun k => scripted l' (fun r => verdict (inr k :: r)))
  end.

(** The four rules. *)
Record keeps_rules (l : seq question) : Prop := KeepsRules {
  equal_rows : forall a x y x' y', In (AskFor a x y) l -> In (AskFor a x' y') l -> (x == x') = (y == y');
  equal_where_taken : forall a x y, In (Take a) l -> In (AskFor a x y) l -> x = y;
  insurers_first_taken : forall l1 a l2, l = l1 ++ Take a :: l2 -> purpose (registry a) = purpose_eligibility ->
    ~~ leaked a -> In (Take insurers) l1;
  none_of_leaked : forall a x y, In (AskFor a x y) l -> ~~ leaked a
}.

Variables (root : key) (left : bool).
Definition answer (s : question) : symbol + key :=
  match s with
  | AskFor a x y => inl (wrap 16 (derive_symbol (raw root) (registry a) (raw (val (if left then x else y)))))
  | TagOf a => inl (wrap 16 (symbol_from (scope_key (raw root) (registry a)) tag_bytes))
  | Take a => inr (wrap 32 (scope_key (raw root) (registry a)))
  end.

Theorem script_is_answered l verdict : keeps_rules l ->
  played registry insurers leaked root left (scripted l verdict) [::] [::] = verdict (map answer l).
Proof.
move=> [r1 r2 r3 r4].
suff gen l1 l2 h taken f : l = l1 ++ l2 ->
    (forall e, e \in h -> In (AskFor e.1 e.2.1 e.2.2) l) -> (forall a, a \in taken -> In (Take a) l) ->
    (In (Take insurers) l1 -> insurers \in taken) ->
    played registry insurers leaked root left (scripted l2 f) h taken = f (map answer l2).
  by apply: (gen [::]).
elim: l2 l1 h taken f => [|[a x y|a|a] l2 IH] l1 h taken f le hP tP iP //=.
- have aL : In (AskFor a x y) l by rewrite le In_cat; right; left.
  have -> : ~~ leaked a && allowed h taken a (x, y).
    rewrite (r4 _ _ _ aL) /allowed /=; apply/andP; split.
      by apply/implyP => at_; apply/eqP; exact: r2 (tP _ at_) aL.
    apply/allP => -[b [u v]] eh; apply/implyP => /= /eqP ba.
    by have := hP _ eh; rewrite /= ba => eL; rewrite (r1 _ _ _ _ _ eL aL).
  rewrite (IH (l1 ++ [:: AskFor a x y])) ?map_cons //; first by rewrite le -catA.
    by move=> e; rewrite inE => /predU1P[->|/hP].
  by rewrite In_cat => -[/iP //|[]].
- by rewrite (IH (l1 ++ [:: TagOf a])) //; [rewrite le -catA | rewrite In_cat => -[/iP //|[]]].
have aL : In (Take a) l by rewrite le In_cat; right; left.
have -> : givable (parent registry insurers leaked) h taken a.
  apply/andP; split.
    apply/allP => -[b [u v]] eh; apply/implyP => /= /eqP ba.
    by have := hP _ eh; rewrite /= ba => eL; rewrite (r2 _ _ _ aL eL).
  rewrite /parent; case: ifP => // /andP[/eqP el nl].
  by apply: iP; exact: r3 le el nl.
rewrite (IH (l1 ++ [:: Take a])) //; first by rewrite le -catA.
  by move=> b; rewrite inE => /predU1P[->|/tP].
by rewrite In_cat inE => -[/iP ->|[[->]|[]]]; rewrite ?orbT ?eqxx.
Qed.
End Script.

Local Open Scope ring_scope.

(** So Pr[yes] is that of the verdict on all answers, over coins and the root key, and on what the root's tag is the
    start of. *)
Theorem yes_of_script (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q) (leaked : pred 'I_q) (C : finType)
    (l : C -> symbol -> seq (question q)) (verdict : C -> symbol -> seq (symbol + key) -> bool) (left : bool) :
    (forall c y, keeps_rules registry insurers leaked (l c y)) ->
  yes registry insurers leaked (fun c y => scripted (l c y) (verdict c y)) left
  = E (fun c => E (fun root : key => let root_tag := wrap 16 (symbol_from (raw root) tag_bytes) in
      (verdict c root_tag (map (answer registry root left) (l c root_tag)))%:R)).
Proof.
by move=> kept; apply: eq_E => c; apply: eq_E => root; rewrite (script_is_answered root left (verdict c _) (kept c _)).
Qed.
