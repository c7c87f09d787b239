(** * Numbers, rows and deliveries where eligibility keys are stolen during the game

    The three corollaries of [unlinkability], each for the game with theft. The adversary takes eligibility keys without
    the insurers' key whenever it likes. From then on such a scope and the insurers' are one: whoever has the key makes
    the symbols of one from those of the other, so rows of these scopes are linked to each other and nothing is claimed
    there. All else stays: nobody names a person, links rows of other scopes, or sees in deliveries more than who is in
    which. *)

From Coq Require Import NArith List.
From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops Hybrid Ladder Cascade Sha256 Encoding Injectivity Bytes.
From fugo Require Import Ideal Deployed Unlinkability Answered Searches Deliveries Theft Issuer.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Opaque compress length_bytes.

Section Stolen.
Variables (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q).
Hypothesis registry_inj : injective registry.
Hypothesis registry_valid : forall a, is_scope (registry a).
Hypothesis registry_insurers : registry insurers = insurers_first.
Let linker := linker (ordinal_eqType q) number key symbol.

(** The bound of [unlinkability_theft]: those of [unlinkability], one for each set of eligibility scopes. *)
Definition theft_cost (W : finType) (t : W -> symbol -> linker) (n : 'I_q -> nat) : rat :=
  \sum_(L in powerset (eligible registry))
    cost registry insurers (leaked_of L) (guess_for registry insurers t L) (counts_of insurers L n).

(** The scopes that are one with the insurers', or can become so. *)
Definition joinable : {set 'I_q} := insurers |: eligible registry.

Lemma insurers_joinable : insurers \in joinable.
Proof. exact: setU11. Qed.

Lemma as_one_joinable (stolen : {set 'I_q}) a b : stolen \subset eligible registry ->
  as_one insurers stolen a = as_one insurers stolen b -> a = b \/ (a \in joinable) && (b \in joinable).
Proof.
move=> /subsetP sE; have sJ c : c \in stolen -> c \in joinable by move=> /sE cE; rewrite inE cE orbT.
rewrite /as_one; case: ifP => sa; case: ifP => sb.
- by move=> _; right; rewrite !sJ.
- by move=> <-; right; rewrite (sJ a sa) insurers_joinable.
- by move=> ->; right; rewrite (sJ b sb) insurers_joinable.
by left.
Qed.

(** ** Inversion *)
Section Inversion.
Variables (m : nat) (xs : 'I_m -> number) (decoy : number).
Hypothesis decoy_not_listed : ~~ listed xs decoy.
Let about i := asked_about (A := ordinal_eqType q) xs decoy i.

Lemma merged_about stolen i h :
  merged insurers stolen (map (about i) h) = map (about i) [seq (as_one insurers stolen e.1, e.2) | e <- h].
Proof. by rewrite /merged -!map_comp; apply: eq_map => -[a [x|]]. Qed.

Lemma not_candidates_merged stolen h :
  not_candidates xs [seq (as_one insurers stolen e.1, e.2) | e <- h] = not_candidates xs h.
Proof. by rewrite /not_candidates all_map; apply: eq_all. Qed.

Lemma alike_about h i i' : not_candidates xs h -> alike insurers (map (about i) h) = alike insurers (map (about i') h).
Proof.
elim: h => //= -[a o] h IH /= /andP[no oh]; rewrite (IH oh); congr (_ && _); case: ifP => // _.
case: o no => [x nx|_]; first exact: other_allowed.
exact: asked_allowed.
Qed.

Lemma takeable_about h taken stolen a i i' : not_candidates xs h ->
  takeable registry insurers (map (about i) h) taken stolen a
  = takeable registry insurers (map (about i') h) taken stolen a.
Proof.
move=> oh; rewrite /takeable !merged_about; case: ifP => _; first by apply: alike_about; rewrite not_candidates_merged.
by rewrite !all_map; apply: eq_all => -[b [x|]] //=; rewrite !(listedP _ decoy_not_listed).
Qed.

(** In the right world the run is the same for all candidates. *)
Lemma inverts_blind_theft (i0 : 'I_m) root u h taken stolen : not_candidates xs h ->
  exists j, forall i,
    played_theft registry insurers root false (inverts symbol0 xs decoy i u) (map (about i) h) taken stolen = (j == i).
Proof.
elim: u h taken stolen => [j|a k IH|a x k IH|a k IH|a k IH] h taken stolen oh.
- by exists j.
- have [j jP] := IH (symbol_at registry root a decoy) ((a, None) :: h) taken stolen oh.
  have [j' jP'] := IH symbol0 h taken stolen oh.
  exists (if allowed (merged insurers stolen (map (about i0) h)) taken (as_one insurers stolen a) (xs i0, decoy)
    then j else j') => i /=.
  rewrite !merged_about (asked_allowed decoy_not_listed taken (as_one insurers stolen a) i i0)
    ?not_candidates_merged //.
  by case: ifP => _; [exact: jP | exact: jP'].
- rewrite /=; case: (boolP (listed xs x)) => [lx|nx]; first exact: IH.
  have [|j jP] := IH (symbol_at registry root a x) ((a, Some x) :: h) taken stolen; first by rewrite /= nx.
  have [j' jP'] := IH symbol0 h taken stolen oh.
  exists (if allowed (merged insurers stolen (map (about i0) h)) taken (as_one insurers stolen a) (x, x)
    then j else j') => i /=.
  rewrite !merged_about (other_allowed decoy _ taken (as_one insurers stolen a) i i0 nx).
  by case: ifP => _; [exact: jP | exact: jP'].
- exact: IH.
have [j jP] := IH (key_at registry root a) h (a :: taken) (stolen_with registry insurers taken stolen a) oh.
have [j' jP'] := IH key0 h taken stolen oh.
exists (if takeable registry insurers (map (about i0) h) taken stolen a then j else j') => i /=.
by rewrite (takeable_about taken stolen a i i0 oh); case: ifP => _; [exact: jP | exact: jP'].
Qed.

Variables (C : finType) (c0 : C) (n : 'I_q -> nat) (t : C -> symbol -> inverter (ordinal_eqType q) number key symbol m).
Hypothesis at_most : forall c y s, asks s (n s) (inverting xs decoy t c y).

(** Pr[it names the secret person], who is candidate i, uniformly. *)
Definition named_right_theft : rat := yes_theft registry insurers (inverting xs decoy t) true.

Theorem nobody_inverts_theft : (0 < m)%N -> named_right_theft <= m%:R^-1 + theft_cost (inverting xs decoy t) n.
Proof.
move=> m0; pose i0 : 'I_m := Ordinal m0.
have bound := unlinkability_theft registry_valid registry_insurers (c0, i0) registry_inj at_most.
have C0 : (0 < #|C|)%N by apply/card_gt0P; exists c0.
have K0 : (0 < #|key|)%N by apply/card_gt0P; exists key0.
have right_ : yes_theft registry insurers (inverting xs decoy t) false = m%:R^-1.
  rewrite /yes_theft E_prod -[RHS](E_const _ C0); apply: eq_E => c.
  rewrite E_exchange -[RHS](E_const _ K0); apply: eq_E => root.
  have [i iP] := inverts_blind_theft i0 root (t c (root_tag_at root)) (h := [::]) [::] set0 isT.
  by rewrite -(E_guess i); apply: eq_E => k; rewrite -iP.
rewrite -ler_subl_addl -right_; exact: le_trans (ler_norm _) bound.
Qed.
End Inversion.

(** ** Rows *)
Section Linking.
Variables (m : nat) (xs : 'I_m -> number) (a b : 'I_q) (j : 'I_m).
Hypothesis xs_inj : injective xs.

(** Scopes that are one with b, or can become so. *)
Definition joined e : bool := (e == b) || (b \in joinable) && (e \in joinable).
Hypothesis scopes_apart : ~~ joined a.

(** The key that inverts the rows of b: that of b itself or, if b is one with the insurers' scope or can become so, the
    insurers'. In the second case the eligibility keys, also that of b, can be stolen. *)
Definition inverted_by : 'I_q := if b \in joinable then insurers else b.

(** After the rows. Symbols of the listed persons at b, and at what can become one with it, are refused, and so is the
    key of [inverted_by]. *)
Fixpoint seeks_theft (s : {perm 'I_m}) (t : seeker (ordinal_eqType q) number key symbol m) : linker :=
  match t with
  | Link i => Guess (i == s j)
  | See e x k => if joined e && listed xs x then seeks_theft s (k symbol0) else Ask e x x (fun y => seeks_theft s (k y))
  | TagOf e k => Tag e (fun y => seeks_theft s (k y))
  | KeyOf e k => if e == inverted_by then seeks_theft s (k key0) else Corrupt e (fun x => seeks_theft s (k x))
  end.

Definition sees_rows_theft (s : {perm 'I_m})
    (t : seq symbol -> seq symbol -> seeker (ordinal_eqType q) number key symbol m) : linker :=
  asks_first (both_rows (A := ordinal_eqType q) xs a b s) (fun ys => seeks_theft s (t (take m ys) (drop m ys))).

Lemma scopes_differ : a != b.
Proof. by apply: contraNneq scopes_apart => ->; rewrite /joined eqxx. Qed.

Lemma plays_first_theft root left (ps : seq ('I_q * (number * number))) k h :
    {in h ++ ps &, forall u e, u.1 = e.1 -> (u.2.1 == e.2.1) = (u.2.2 == e.2.2)} ->
  played_theft registry insurers root left (asks_first ps k) h [::] set0
  = played_theft registry insurers root left
      (k [seq symbol_at registry root e.1 (if left then e.2.1 else e.2.2) | e <- ps]) (rev ps ++ h) [::] set0.
Proof.
have no_theft h' : merged insurers set0 h' = h'.
  by rewrite /merged -[RHS]map_id; apply: eq_map => -[e p]; rewrite /as_one inE.
elim: ps k h => [|[e [x y]] ps IH] k h //= pat.
have -> : allowed (merged insurers set0 h) [::] (as_one insurers set0 e) (x, y).
  rewrite no_theft /as_one inE /allowed /=; apply/allP => u uh; apply/implyP => /eqP ue.
  by apply/eqP/(pat u (e, (x, y))) => //; rewrite mem_cat ?uh // mem_head orbT.
rewrite IH; first by rewrite rev_cons -cats1 -catA.
move=> u v; rewrite !mem_cat !in_cons => uin vin; apply: pat; rewrite mem_cat in_cons.
  by case/orP: uin => [/orP[]|] ->; rewrite ?orbT.
by case/orP: vin => [/orP[]|] ->; rewrite ?orbT.
Qed.

(** The history when the rows were asked for. *)
Definition rows (s : {perm 'I_m}) : seq ('I_q * (number * number)) := rev (both_rows (A := ordinal_eqType q) xs a b s).

(** The strategy is given the symbols of the persons at a, and those at b, in the secret order if left. *)
Lemma plays_rows_theft root left s t :
  played_theft registry insurers root left (sees_rows_theft s t) [::] [::] set0
  = played_theft registry insurers root left
      (seeks_theft s (t [seq symbol_at registry root a (xs i) | i <- enum 'I_m]
                        [seq symbol_at registry root b (xs (if left then s i else i)) | i <- enum 'I_m]))
      (rows s) [::] set0.
Proof.
rewrite /sees_rows_theft plays_first_theft; last exact: (rows_consistent xs_inj scopes_differ).
set l := both_rows _ _ _ _.
have -> : [seq symbol_at registry root e.1 (if left then e.2.1 else e.2.2) | e <- l]
    = [seq symbol_at registry root a (xs i) | i <- enum 'I_m]
      ++ [seq symbol_at registry root b (xs (if left then s i else i)) | i <- enum 'I_m].
  by rewrite /l /both_rows map_cat -!map_comp; congr (_ ++ _); apply: eq_map => i /=; case: (left).
by rewrite cats0 take_size_cat ?drop_size_cat // size_map size_enum_ord.
Qed.

(** Histories after the rows: equal pairs, and none of a listed person at what is one with b. *)
Definition known (h : seq ('I_q * (number * number))) : bool :=
  all (fun e => (e.2.1 == e.2.2) && (joined e.1 ==> ~~ listed xs e.2.1)) h.

Section After.
Variables (s : {perm 'I_m}) (h : seq ('I_q * (number * number))) (stolen : {set 'I_q}).
Hypothesis kh : known h.
Hypothesis stolenE : stolen \subset eligible registry.

Lemma joined_as_one e : as_one insurers stolen b = as_one insurers stolen e -> joined e.
Proof. by rewrite /joined => /(as_one_joinable stolenE) [->|->]; rewrite ?eqxx ?orbT. Qed.

(** A pair is equal, or one of the rows of b. *)
Lemma known_or_row u : u \in h ++ rows s ->
  (u.2.1 = u.2.2 /\ (joined u.1 -> ~~ listed xs u.2.1)) \/ exists i, u = (b, (xs (s i), xs i)).
Proof.
rewrite mem_cat mem_rev mem_cat => /orP[/(allP kh) /andP[/eqP eq_ /implyP nl]|/orP[]/mapP[i _ ->]].
- by left.
- by left; split=> //= ja; move: scopes_apart; rewrite ja.
by right; exists i.
Qed.

Lemma consistent u v : u \in h ++ rows s -> v \in h ++ rows s ->
    as_one insurers stolen u.1 = as_one insurers stolen v.1 ->
  (u.2.1 == v.2.1) = (u.2.2 == v.2.2).
Proof.
move=> /known_or_row ku /known_or_row kv.
case: ku => [[-> nu]|[i ->]]; case: kv => [[-> nv]|[k ->]] //= uv.
- by have nl := nu (joined_as_one (esym uv)); rewrite ![u.2.2 == _]eq_sym !(listedP _ nl).
- by have nl := nv (joined_as_one uv); rewrite !(listedP _ nl).
by rewrite !(inj_eq xs_inj) (inj_eq perm_inj).
Qed.

(** After the rows the game refuses the strategy nothing. *)
Theorem thief_sees taken e x : ~~ (joined e && listed xs x) ->
  allowed (merged insurers stolen (h ++ rows s)) taken (as_one insurers stolen e) (x, x).
Proof.
move=> nx; rewrite /allowed /= eqxx implybT andTb all_map; apply/allP => u /known_or_row ku /=; apply/implyP => /eqP ue.
case: ku ue => [[-> _]|[i ->]] ue //=; move: nx; rewrite (joined_as_one (e := e)) //= => nl.
by rewrite !(listedP _ nl).
Qed.

End After.

Lemma alike_consistent h :
  {in h &, forall u v, u.1 = insurers -> v.1 = insurers -> (u.2.1 == v.2.1) = (u.2.2 == v.2.2)} -> alike insurers h.
Proof.
elim: h => //= e h IH con; rewrite IH ?andbT; last by move=> u v uh vh; apply: con; rewrite inE ?uh ?vh orbT.
case: eqP => // ei; rewrite /allowed /=; apply/allP => u uh; apply/implyP => /eqP ui; apply/eqP.
by apply: con; rewrite ?mem_head // inE uh orbT.
Qed.

Theorem thief_takes s h taken (stolen : {set 'I_q}) e : known h -> stolen \subset eligible registry ->
    (b \in joinable -> insurers \notin taken) -> e != inverted_by ->
  takeable registry insurers (h ++ rows s) taken stolen e.
Proof.
move=> kh sE kept ne; rewrite /takeable; case: (boolP (theft registry insurers taken e)) => [/andP[eE it]|nt].
  have sE' : e |: stolen \subset eligible registry by rewrite subUset sub1set eE.
  apply: alike_consistent => _ _ /mapP[u uh ->] /mapP[v vh ->] /= ui vi.
  by apply: (consistent kh sE' uh vh); rewrite ui vi.
rewrite all_map; apply/allP => u /(known_or_row kh) ku /=; case: ku => [[-> _]|[i ->]]; first by rewrite eqxx implybT.
apply/implyP => /= /eqP be; exfalso; move: ne; rewrite /inverted_by; case: (boolP (b \in joinable)) => [bJ|nbJ].
  move: nt; rewrite /theft (kept bJ) andbT => nE /eqP ei.
  case: (as_one_joinable sE be) => [ebE|/andP[_]].
    by move: bJ; rewrite ebE in_setU1 (negbTE nE) orbF => /eqP.
  by rewrite in_setU1 (negbTE nE) orbF => /eqP.
by case: (as_one_joinable sE be) => [->|/andP[bJ]]; [rewrite eqxx | rewrite bJ in nbJ].
Qed.

(** In the right world what follows the rows is the same for all orders. *)
Lemma seeks_blind_theft root u h taken (stolen : {set 'I_q}) : known h -> stolen \subset eligible registry ->
    (b \in joinable -> insurers \notin taken) ->
  exists i, forall s, played_theft registry insurers root false (seeks_theft s u)
    (h ++ rows s) taken stolen = (i == s j).
Proof.
elim: u h taken stolen => [i|e x k IH|e k IH|e k IH] h taken stolen kh sE kept /=; first by exists i.
- case: (boolP (joined e && listed xs x)) => [lx|nx]; first exact: IH.
  have kh' : known ((e, (x, x)) :: h).
    by rewrite /= eqxx -/(known h) kh andbT; apply/implyP => je; move: nx; rewrite je.
  have [i iP] := IH (symbol_at registry root e x) _ taken stolen kh' sE kept.
  by exists i => s /=; rewrite (thief_sees s kh sE taken nx) -iP.
- exact: IH.
case: (boolP (e == inverted_by)) => [eb|nb]; first exact: IH.
have sE' : stolen_with registry insurers taken stolen e \subset eligible registry.
  by rewrite /stolen_with; case: ifP => // /andP[eE _]; rewrite subUset sub1set eE.
have kept' : b \in joinable -> insurers \notin e :: taken.
  by move=> bJ; rewrite in_cons negb_or kept // andbT eq_sym; move: nb; rewrite /inverted_by bJ.
have [i iP] := IH (key_at registry root e) h _ _ kh sE' kept'.
by exists i => s /=; rewrite (thief_takes s kh sE kept nb) -iP.
Qed.

Variables (C : finType) (c0 : C) (n : 'I_q -> nat).
Variable t : C -> symbol -> seq symbol -> seq symbol -> seeker (ordinal_eqType q) number key symbol m.
Definition linking_theft (cs : C * {perm 'I_m}) (y : symbol) : linker := sees_rows_theft cs.2 (t cs.1 y).
Hypothesis at_most : forall c y s, asks s (n s) (linking_theft c y).

(** Pr[row j is linked right]: the rows of b are those of the persons in a secret uniform order. *)
Definition linked_in_theft : rat := yes_theft registry insurers linking_theft true.

Theorem row_guess_theft : linked_in_theft <= m%:R^-1 + theft_cost linking_theft n.
Proof.
have bound := unlinkability_theft registry_valid registry_insurers (c0, 1%g : {perm 'I_m}) registry_inj at_most.
have C0 : (0 < #|C|)%N by apply/card_gt0P; exists c0.
have K0 : (0 < #|key|)%N by apply/card_gt0P; exists key0.
have right_ : yes_theft registry insurers linking_theft false = m%:R^-1.
  rewrite /yes_theft E_prod -[RHS](E_const _ C0); apply: eq_E => c.
  rewrite E_exchange -[RHS](E_const _ K0); apply: eq_E => root.
  have [i iP] := seeks_blind_theft root
    (t c (root_tag_at root) [seq symbol_at registry root a (xs i) | i <- enum 'I_m]
                            [seq symbol_at registry root b (xs i) | i <- enum 'I_m])
    (h := [::]) (taken := [::]) isT (sub0set _) (fun _ => isT).
  rewrite -(pr_row i j); apply: eq_E => s; congr (_%:R); congr nat_of_bool.
  by rewrite plays_rows_theft eq_sym -iP.
rewrite -ler_subl_addl -right_; exact: le_trans (ler_norm _) bound.
Qed.

(** What the strategy is given in that probability. *)
Theorem linking_sees_rows_theft root cs y :
  played_theft registry insurers root true (linking_theft cs y) [::] [::] set0
  = played_theft registry insurers root true
      (seeks_theft cs.2 (t cs.1 y [seq symbol_at registry root a (xs i) | i <- enum 'I_m]
                                  [seq symbol_at registry root b (xs (cs.2 i)) | i <- enum 'I_m]))
      (rows cs.2) [::] set0.
Proof. exact: plays_rows_theft. Qed.
End Linking.

(** ** Deliveries *)
Section Seen.
Variables (k : nat) (scope_of : 'I_k -> 'I_q) (left_persons : 'I_k -> {set number}).
Variable renamed : 'I_q -> {perm number}.

(** The keys that are given away. Those of eligibility scopes without the insurers' are stolen, and there persons are
    renamed as with the insurers. With any other nobody is renamed. *)
Variable given : seq 'I_q.
Definition given_alone a : bool := (a \in eligible registry) && (insurers \notin given).
Hypothesis given_renamed : forall a, a \in given -> renamed a = if given_alone a then renamed insurers else 1%g.

Variables (C : finType) (c0 : C) (verdict : C -> symbol -> seq {set symbol} * seq symbol * seq key -> bool).
Let questions := asked insurers scope_of left_persons renamed given.

Lemma stolen_alone a : is_stolen registry insurers questions a -> (a \in given) && given_alone a.
Proof.
move=> /andP[ae /before_insurersP [l1 [l2 [le no]]]]; rewrite /given_alone inE ae /=.
have ag : a \in given.
  apply: (mem_given (insurers := insurers)); apply: (in_asked (e := Answered.Take a) (scope_of := scope_of)
    (left_persons := left_persons) (renamed := renamed)).
  by rewrite -/questions le In_cat; right; left.
rewrite ag /=; apply/negP => ig; apply: no; move: le; rewrite /questions /asked /given_in_order ig.
case: l1 => [[e]|u l1 [<- _]]; last by left.
by move: ae; rewrite -e registry_insurers.
Qed.

Lemma asked_keeps_theft_rules : keeps_theft_rules registry insurers questions.
Proof.
have as_insurers a : (a == insurers) || is_stolen registry insurers questions a -> renamed a = renamed insurers.
  by case/orP => [/eqP -> //|/stolen_alone /andP[ag alone]]; rewrite given_renamed // alone.
split=> [a b x y x' y' ab /in_asked -> /in_asked ->|a x y /in_asked -> /in_asked].
  have -> : renamed a = renamed b.
    by case/orP: ab => [/eqP -> //|/andP[/as_insurers -> /as_insurers ->]].
  by rewrite (inj_eq perm_inj).
case: ifP => [/stolen_alone /andP[_ /andP[_ ni]] /mem_given ig|ns at_]; first by rewrite ig in ni.
rewrite given_renamed ?(mem_given at_) //; case: ifP => [/andP[aE ni]|_]; last by rewrite perm1.
exfalso; move: ns; rewrite /is_stolen; move: (aE); rewrite inE => -> /=.
have ai : a != insurers by apply: contraNneq ni => <-; exact: mem_given at_.
move: at_; rewrite /questions /asked /given_in_order (negbTE ni).
elim: (given) ni => //= b g IH; rewrite !inE negb_or [insurers == b]eq_sym => /andP[-> ni].
by rewrite eq_sym; case: eqP => //= _ /(IH ni).
Qed.

Let verdict_on := verdict_on registry insurers scope_of given verdict.
Let adversary := delivery_adversary insurers scope_of left_persons renamed given verdict.

Lemma verdict_is_yes_theft (left : bool) :
  yes_theft registry insurers adversary left
  = verdict_on (if left then left_persons else right_persons scope_of left_persons renamed).
Proof.
pose on_answers c y r :=
  verdict c y (sorted_out symbol0 key0 (size (given_in_order insurers given))
    [seq #|left_persons d| | d <- enum 'I_k] r).
have scripted_yes := yes_of_theft_script (l := fun (_ : C) (_ : symbol) => questions) on_answers left registry_insurers
  (fun _ _ => asked_keeps_theft_rules).
refine (etrans scripted_yes _); rewrite /on_answers {scripted_yes on_answers}; apply: eq_E => c; apply: eq_E => root.
by rewrite answers_are_seen.
Qed.

Variable n : 'I_q -> nat.
Hypothesis at_most : forall c y s, asks s (n s) (adversary c y).

Theorem deliveries_show_no_more_theft :
  `|verdict_on left_persons - verdict_on (right_persons scope_of left_persons renamed)| <= theft_cost adversary n.
Proof.
have := unlinkability_theft registry_valid registry_insurers c0 registry_inj at_most.
by rewrite (verdict_is_yes_theft true) (verdict_is_yes_theft false).
Qed.
End Seen.
End Stolen.
