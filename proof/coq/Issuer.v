(** * What the game with theft answers, and the issuer of eligibility symbols as its adversary

    The rules of [played_theft] in words that do not use its tests. A script that keeps them is answered in full. Every
    script that keeps the four rules of [played] keeps them too, whichever scopes leaked. The issuer takes the
    eligibility key in the middle of the game, has no insurers' key, and is answered in full. *)

From Coq Require Import NArith List.
From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops Hybrid Ladder Cascade Sha256 Encoding Injectivity Bytes.
From fugo Require Import Deployed Unlinkability Searches Instance Theft Answered.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.

Opaque compress length_bytes.

(** ** Scripts *)
Section Script.
Variables (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q).
Hypothesis registry_insurers : registry insurers = insurers_first.
Implicit Types (l : seq (question q)) (a b : 'I_q).

(** The key of [a] is taken, and before it that of the insurers is not. *)
Fixpoint before_insurers l a : bool :=
  match l with
  | [::] => false
  | Take b :: l' => (b != insurers) && ((b == a) || before_insurers l' a)
  | _ :: l' => before_insurers l' a
  end.

Definition is_stolen l a : bool := (purpose (registry a) == purpose_eligibility) && before_insurers l a.

(** Stolen scopes and the insurers' are one. *)
Definition same_scope l a b : bool :=
  (a == b) || ((a == insurers) || is_stolen l a) && ((b == insurers) || is_stolen l b).

(** The two rules: within a scope pairs repeat alike, and are equal where its key is taken. The key of a stolen scope is
    that of the insurers. *)
Record keeps_theft_rules l : Prop := KeepsTheftRules {
  alike_rows : forall a b x y x' y', same_scope l a b -> In (AskFor a x y) l -> In (AskFor b x' y') l ->
    (x == x') = (y == y');
  equal_where_known : forall a x y, In (AskFor a x y) l -> In (Take (if is_stolen l a then insurers else a)) l -> x = y
}.

Lemma insurers_kept l : is_stolen l insurers = false.
Proof. by rewrite /is_stolen registry_insurers. Qed.

Section Rules.
Variable l : seq (question q).
Hypothesis kept : keeps_theft_rules l.
Let recorded (h : seq ('I_q * (number * number))) := forall e, e \in h -> In (AskFor e.1 e.2.1 e.2.2) l.
Let thieved (stolen : {set 'I_q}) := forall a, a \in stolen -> is_stolen l a.

Lemma as_one_same stolen a b : thieved stolen -> as_one insurers stolen a = as_one insurers stolen b -> same_scope l a b.
Proof.
rewrite /as_one /same_scope => sP; case: ifP => [/sP ->|_]; case: ifP => [/sP ->|_]; rewrite ?orbT //.
- by move=> <-; rewrite eqxx orbT.
- by move=> ->; rewrite eqxx orbT.
by move=> ->; rewrite eqxx.
Qed.

Lemma kept_allowed h stolen a x y : recorded h -> thieved stolen -> In (AskFor a x y) l ->
  all (fun e => (e.1 == as_one insurers stolen a) ==> ((e.2.1 == x) == (e.2.2 == y))) (merged insurers stolen h).
Proof.
move=> hP sP aL; rewrite all_map; apply/allP => -[b [u v]] eh /=; apply/implyP => /eqP ba.
by apply/eqP; exact: (alike_rows kept (as_one_same sP ba) (hP _ eh) aL).
Qed.

Lemma kept_alike h stolen : recorded h -> thieved stolen -> alike insurers (merged insurers stolen h).
Proof.
move=> hP sP; elim: h hP => //= -[b [u v]] h IH hP.
rewrite IH ?andbT /=; last by move=> e eh; apply: hP; rewrite inE eh orbT.
case: eqP => // bi; rewrite /allowed /= -{1}bi; apply: kept_allowed => //.
  by move=> e eh; apply: hP; rewrite inE eh orbT.
by have := hP _ (mem_head _ _).
Qed.
End Rules.

Variables (root : key) (left : bool).

Theorem theft_script_is_answered l verdict : keeps_theft_rules l ->
  played_theft registry insurers root left (scripted l verdict) [::] [::] set0
  = verdict (map (answer registry root left) l).
Proof.
move=> kept.
suff gen l1 l2 h taken (stolen : {set 'I_q}) f : l = l1 ++ l2 ->
    (forall e, e \in h -> In (AskFor e.1 e.2.1 e.2.2) l) -> (forall a, a \in taken -> In (Take a) l) ->
    (forall a, is_stolen l a = (a \in stolen) || (insurers \notin taken) && is_stolen l2 a) ->
    (forall a, a \in taken -> theft registry insurers taken a -> a \in stolen) ->
    played_theft registry insurers root left (scripted l2 f) h taken stolen = f (map (answer registry root left) l2).
  by apply: (gen [::]) => // a; rewrite inE.
elim: l2 l1 h taken stolen f => [|[a x y|a|a] l2 IH] l1 h taken stolen f le hP tP sP uP //=.
- have aL : In (AskFor a x y) l by rewrite le In_cat; right; left.
  have thieved b : b \in stolen -> is_stolen l b by rewrite sP => ->.
  have -> : allowed (merged insurers stolen h) taken (as_one insurers stolen a) (x, y).
    rewrite /allowed (kept_allowed kept) // andbT; apply/implyP => at_; apply/eqP.
    apply: (equal_where_known kept aL); move: at_; rewrite /as_one; case: ifP => sa at_.
      by rewrite thieved //; exact: tP.
    case: ifP => [|_]; last exact: tP.
    rewrite sP sa => /andP[it /andP[el _]]; have := uP a at_; rewrite sa /theft inE el it.
    by move/(_ isT).
  rewrite (IH (l1 ++ [:: AskFor a x y])) ?map_cons //; first by rewrite le -catA.
  by move=> e; rewrite inE => /predU1P[->|/hP].
- by rewrite (IH (l1 ++ [:: TagOf a])) // le -catA.
have aL : In (Take a) l by rewrite le In_cat; right; left.
have known b : b \in a :: taken -> In (Take b) l by rewrite inE => /predU1P[->|/tP].
have sP' b : is_stolen l b = (b \in stolen_with registry insurers taken stolen a)
    || (insurers \notin a :: taken) && is_stolen l2 b.
  rewrite sP /stolen_with /theft /is_stolen inE in_cons negb_or [insurers == a]eq_sym /=.
  case: (insurers \in taken) => /=; first by rewrite !andbF.
  rewrite !andbT; case: (eqVneq a insurers) => [->|_] /=; first by rewrite registry_insurers /= andbF.
  case: (eqVneq a b) => [->|ab] /=.
    by case: (purpose (registry b) == purpose_eligibility); rewrite ?setU11 ?orbT.
  by case: ifP => //; rewrite in_setU1 [b == a]eq_sym (negbTE ab).
have thieved b : b \in stolen_with registry insurers taken stolen a -> is_stolen l b by rewrite sP' => ->.
have -> : takeable registry insurers h taken stolen a.
  rewrite /takeable; case: (boolP (theft registry insurers taken a)) => th.
    by apply: (kept_alike kept) => // b bs; apply: thieved; rewrite /stolen_with th.
  have thieved' b : b \in stolen -> is_stolen l b by rewrite sP => ->.
  have insurers_known : a \in stolen -> In (Take insurers) l.
    move=> /thieved' /andP[el _]; apply: tP; move: th; rewrite /theft inE el /=.
    by rewrite negbK.
  rewrite all_map; apply/allP => -[b [u v]] eh /=; apply/implyP => /eqP ba; apply/eqP.
  apply: (equal_where_known kept (hP _ eh)) => /=; move: ba; rewrite /as_one.
  case: ifP => sb; case: ifP => sa ba.
  + by rewrite thieved'; last exact: sb; exact: insurers_known.
  + by rewrite thieved'; last exact: sb; rewrite ba.
  + by rewrite ba insurers_kept; exact: insurers_known.
  case: ifP => [|_]; last by rewrite ba.
  rewrite sP sb ba => /andP[it /andP[el _]]; move: th; rewrite /theft inE el it.
  by [].
rewrite (IH (l1 ++ [:: Take a])) //; first by rewrite le -catA.
move=> b; rewrite inE /stolen_with => /predU1P[->|bt] tb; last first.
  have tb' : theft registry insurers taken b.
    by case/andP: tb => el; rewrite in_cons negb_or => /andP[_ it]; rewrite /theft el it.
  by case: ifP => _; rewrite ?in_setU1 (uP _ bt tb') ?orbT.
case/andP: tb => el; rewrite in_cons negb_or => /andP[_ it].
by rewrite /theft el it setU11.
Qed.

(** The four rules allow no more, whichever scopes leaked. *)
Lemma before_insurersP l a : before_insurers l a -> exists l1 l2, l = l1 ++ Take a :: l2 /\ ~ In (Take insurers) l1.
Proof.
elim: l => //= -[b x y|b|b] l IH; last first.
- case/andP => bi /orP[/eqP <-|/IH [l1 [l2 [-> no]]]]; first by exists [::], l; split.
  by exists (Take b :: l1), l2; split=> //= -[[e]|//]; rewrite e eqxx in bi.
- by move=> /IH [l1 [l2 [-> no]]]; exists (TagOf b :: l1), l2; split=> //= -[].
by move=> /IH [l1 [l2 [-> no]]]; exists (AskFor b x y :: l1), l2; split=> //= -[].
Qed.

Theorem four_rules_suffice leaked l : keeps_rules registry insurers leaked l -> keeps_theft_rules l.
Proof.
move=> [r1 r2 r3 r4].
have kept a x y : In (AskFor a x y) l -> is_stolen l a = false.
  move=> aL; apply/negP => /andP[/eqP el /before_insurersP [l1 [l2 [le no]]]].
  exact: no (r3 _ _ _ le el (r4 _ _ _ aL)).
split=> [a b x y x' y' ab aL bL|a x y aL]; last by rewrite (kept _ _ _ aL) => tL; exact: r2 tL aL.
move: ab; rewrite /same_scope (kept _ _ _ aL) (kept _ _ _ bL) !orbF => ab.
apply: r1 aL _; suff -> : a = b by [].
by case/orP: ab => [/eqP //|/andP[/eqP -> /eqP ->]].
Qed.
End Script.

Local Open Scope ring_scope.

(** So Pr[yes] is that of the verdict on all answers, as in [yes_of_script]. *)
Theorem yes_of_theft_script (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q) (C : finType)
    (l : C -> symbol -> seq (question q)) (verdict : C -> symbol -> seq (symbol + key) -> bool) (left : bool) :
    registry insurers = insurers_first -> (forall c y, keeps_theft_rules registry insurers (l c y)) ->
  yes_theft registry insurers (fun c y => scripted (l c y) (verdict c y)) left
  = E (fun c => E (fun root : key => let root_tag := wrap 16 (symbol_from (raw root) tag_bytes) in
      (verdict c root_tag (map (answer registry root left) (l c root_tag)))%:R)).
Proof.
move=> first kept; apply: eq_E => c; apply: eq_E => root.
by rewrite (theft_script_is_answered first root left (verdict c _) (kept c _)).
Qed.

(** ** The issuer of eligibility symbols *)
Section Issuer.
Variables x y : number.

(** It asks for different persons' symbols with the insurers, in two epochs of eligibility and at an agency, takes the
    eligibility key, asks for more with the insurers and there, and takes an agency's key. *)
Definition issuer : seq (question q) :=
  [:: AskFor insurers x y; AskFor eligibility x y; AskFor pension y x; Take eligibility; AskFor insurers y x;
      AskFor eligibility y x; AskFor eligibility_leaked x x; TagOf eligibility; Take nta].

Ltac each_question H := repeat (case: H => H; [try discriminate H; case: H => <- <- <- | ]); last by case: H.

Lemma issuer_keeps_rules : keeps_theft_rules registry insurers issuer.
Proof.
split=> [a b u v u' v' ab aL bL|a u v aL].
  move: ab; each_question aL; each_question bL => ab //; by rewrite ?eqxx // eq_sym.
by each_question aL => /= tL; repeat (case: tL => tL; [try discriminate tL; case: tL | ]); case: tL.
Qed.

Definition issuer_questions (s : 'I_q) : nat := (nth 0 [:: 0; 0; 1; 2; 3; 1; 0] s)%N.

(** Nothing is refused. *)
Theorem issuer_is_answered root left verdict :
  played_theft registry insurers root left (scripted issuer verdict) [::] [::] set0
  = verdict (map (answer registry root left) issuer).
Proof. by rewrite (theft_script_is_answered _ root left verdict issuer_keeps_rules). Qed.

(** The theorem for it: no hypothesis is left. *)
Theorem issuer_unlinkable verdict :
  let t (_ : unit) (_ : symbol) := scripted issuer verdict in
  `|yes_theft registry insurers t true - yes_theft registry insurers t false|
    <= \sum_(L in powerset (eligible registry))
         cost registry insurers (leaked_of L) (guess_for registry insurers t L) (counts_of insurers L issuer_questions).
Proof.
have [inj valid _] := registry_is_fit example_is_registry.
apply: (unlinkability_theft valid _ tt inj) => // u z s.
by case: s => -[|[|[|[|[|[|[|s]]]]]]] //= sN; rewrite -!val_eqE.
Qed.
End Issuer.
