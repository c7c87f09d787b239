(** * Numbers, rows and deliveries where eligibility keys are stolen during the game

    The three corollaries of [unlinkability], each for the game with theft. The adversary takes eligibility keys without
    the insurers' key. From then on such a scope and the insurers' are one: whoever has the key makes its symbols from
    those of the insurers, so rows of such scopes can be linked to each other, and nothing is claimed there. All else
    stays: nobody names a person, links rows of other scopes, or sees in deliveries more than who is in which. *)

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

(** The eligibility scopes whose keys the strategy may steal. *)
Variable thieved : {set 'I_q}.
Hypothesis thieved_eligible : thieved \subset eligible registry.

(** The scopes that are one with the insurers', or can become so. *)
Definition joinable : {set 'I_q} := insurers |: thieved.

(** Scopes that are one with b, or can become so. *)
Definition joined e : bool := (e == b) || (b \in joinable) && (e \in joinable).
Hypothesis scopes_apart : ~~ joined a.

(** The one key that is refused: that of b or, if b is joinable, the insurers' if one prefers. *)
Variable refused : 'I_q.
Hypothesis refused_inverts : (refused == b) || (b \in joinable) && (refused == insurers).

(** That, and the keys that are not to be stolen while the insurers' key is not taken. *)
Definition withheld (insurers_taken : bool) e : bool :=
  (e == refused) || (e \in eligible registry :\: thieved) && ~~ insurers_taken.

(** After the rows. Symbols by number of the listed persons at b, and at what can become one with it, are refused, and
    so are the keys that are withheld. *)
Fixpoint seeks_theft (s : {perm 'I_m}) (insurers_taken : bool)
    (t : seeker (ordinal_eqType q) number key symbol m) : linker :=
  match t with
  | Link i => Guess (i == s j)
  | See e x k =>
      if joined e && listed xs x then seeks_theft s insurers_taken (k symbol0)
      else Ask e x x (fun y => seeks_theft s insurers_taken (k y))
  | TagOf e k => Tag e (fun y => seeks_theft s insurers_taken (k y))
  | KeyOf e k =>
      if withheld insurers_taken e then seeks_theft s insurers_taken (k key0)
      else Corrupt e (fun x => seeks_theft s (insurers_taken || (e == insurers)) (k x))
  end.

Definition sees_rows_theft (s : {perm 'I_m})
    (t : seq symbol -> seq symbol -> seeker (ordinal_eqType q) number key symbol m) : linker :=
  asks_first (both_rows (A := ordinal_eqType q) xs a b s) (fun ys => seeks_theft s false (t (take m ys) (drop m ys))).

(** What the strategy says, without the game: it is given what it asks for, but for what is refused above. *)
Fixpoint sought (root : key) (s : {perm 'I_m}) (insurers_taken : bool)
    (u : seeker (ordinal_eqType q) number key symbol m) : bool :=
  match u with
  | Link i => i == s j
  | See e x k =>
      sought root s insurers_taken (k (if joined e && listed xs x then symbol0 else symbol_at registry root e x))
  | TagOf e k => sought root s insurers_taken (k (tag_at registry root e))
  | KeyOf e k =>
      if withheld insurers_taken e then sought root s insurers_taken (k key0)
      else sought root s (insurers_taken || (e == insurers)) (k (key_at registry root e))
  end.

Lemma as_one_joinable (stolen : {set 'I_q}) c d : stolen \subset thieved ->
  as_one insurers stolen c = as_one insurers stolen d -> c = d \/ (c \in joinable) && (d \in joinable).
Proof.
move=> /subsetP sE; have sJ e : e \in stolen -> e \in joinable by move=> /sE eE; rewrite in_setU1 eE orbT.
have iJ : insurers \in joinable by exact: setU11.
rewrite /as_one; case: ifP => sc; case: ifP => sd.
- by move=> _; right; rewrite !sJ.
- by move=> <-; right; rewrite (sJ c sc).
- by move=> ->; right; rewrite (sJ d sd) iJ.
by left.
Qed.

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
      (seeks_theft s false (t [seq symbol_at registry root a (xs i) | i <- enum 'I_m]
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
Hypothesis stolenE : stolen \subset thieved.

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

(** After the rows the game refuses no symbol, *)
Lemma thief_sees taken e x : ~~ (joined e && listed xs x) ->
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

(** and no key. *)
Lemma thief_takes s h taken (stolen : {set 'I_q}) e : known h -> stolen \subset thieved ->
    (refused == b -> b \notin stolen) -> refused \notin taken ->
    ~~ withheld (insurers \in taken) e ->
  takeable registry insurers (h ++ rows s) taken stolen e.
Proof.
move=> kh sE bs kept; rewrite /withheld negb_or => /andP[ne nr].
rewrite /takeable; case: (boolP (theft registry insurers taken e)) => [/andP[eE it]|nt].
  have eT : e \in thieved by move: nr; rewrite in_setD eE it !andbT negbK.
  have sE' : e |: stolen \subset thieved by rewrite subUset sub1set eT.
  apply: alike_consistent => _ _ /mapP[u uh ->] /mapP[v vh ->] /= ui vi.
  by apply: (consistent kh sE' uh vh); rewrite ui vi.
have sEl c : c \in stolen -> c \in eligible registry by move=> /(subsetP sE) /(subsetP thieved_eligible).
rewrite all_map; apply/allP => u /(known_or_row kh) ku /=; case: ku => [[-> _]|[i ->]]; first by rewrite eqxx implybT.
apply/implyP => /= /eqP be; exfalso.
case/orP: refused_inverts => [/eqP rb|/andP[bJ /eqP ri]].
  move: be; rewrite {1}/as_one (negbTE (bs _)) ?rb // /as_one; case: ifP => se be; last by rewrite rb be eqxx in ne.
  by move: nt; rewrite /theft (sEl _ se) -be -rb kept.
move: nt; rewrite /theft -ri kept andbT => nE.
have es : e \notin stolen by apply: contra nE; exact: sEl.
move: be; rewrite /as_one (negbTE es); case: ifP => _ be; first by rewrite ri be eqxx in ne.
move: bJ; rewrite be in_setU1 => /orP[ei|/(subsetP thieved_eligible)]; last by rewrite (negbTE nE).
by rewrite ri ei in ne.
Qed.

(** So it is given all of it. *)
Lemma thief_is_answered root left s u h taken (stolen : {set 'I_q}) : known h -> stolen \subset thieved ->
    (refused == b -> b \notin stolen) -> refused \notin taken ->
  played_theft registry insurers root left (seeks_theft s (insurers \in taken) u) (h ++ rows s) taken stolen
  = sought root s (insurers \in taken) u.
Proof.
elim: u h taken stolen => [i|e x k IH|e k IH|e k IH] h taken stolen kh sE bs kept //=.
- case: (boolP (joined e && listed xs x)) => [lx|nx]; first exact: IH.
  have kh' : known ((e, (x, x)) :: h).
    by rewrite /= eqxx -/(known h) kh andbT; apply/implyP => je; move: nx; rewrite je.
  by rewrite /= (thief_sees s kh sE taken nx) if_same -cat_cons IH.
- exact: IH.
case: (boolP (withheld _ e)) => [eb|nb]; first exact: IH.
rewrite /= (thief_takes s kh sE bs kept nb).
have -> : (insurers \in taken) || (e == insurers) = (insurers \in e :: taken).
  by rewrite in_cons orbC [insurers == e]eq_sym.
move: nb; rewrite /withheld negb_or => /andP[ne nr]; apply: IH => //.
- rewrite /stolen_with; case: ifP => // /andP[eE it]; rewrite subUset sub1set sE andbT.
  by move: nr; rewrite in_setD eE it !andbT negbK.
- move=> rb; rewrite /stolen_with; case: ifP => _; rewrite ?in_setU1 ?negb_or bs // andbT.
  by rewrite -(eqP rb) eq_sym.
by rewrite in_cons negb_or kept andbT eq_sym.
Qed.

(** What is sought does not depend on the order. *)
Lemma sought_blind root u insurers_taken : exists i, forall s, sought root s insurers_taken u = (i == s j).
Proof.
elim: u insurers_taken => [i|e x k IH|e k IH|e k IH] insurers_taken /=; first by exists i.
- exact: IH.
- exact: IH.
by case: (withheld insurers_taken e); exact: IH.
Qed.

Variables (C : finType) (c0 : C) (n : 'I_q -> nat).
Variable t : C -> symbol -> seq symbol -> seq symbol -> seeker (ordinal_eqType q) number key symbol m.
Definition linking_theft (cs : C * {perm 'I_m}) (y : symbol) : linker := sees_rows_theft cs.2 (t cs.1 y).
Hypothesis at_most : forall c y s, asks s (n s) (linking_theft c y).

(** Pr[row j is linked right]: the rows of b are those of the persons in a secret uniform order. *)
Definition linked_in_theft : rat := yes_theft registry insurers linking_theft true.

Lemma played_sought root left cs y :
  played_theft registry insurers root left (linking_theft cs y) [::] [::] set0
  = sought root cs.2 false (t cs.1 y [seq symbol_at registry root a (xs i) | i <- enum 'I_m]
      [seq symbol_at registry root b (xs (if left then cs.2 i else i)) | i <- enum 'I_m]).
Proof.
rewrite /linking_theft plays_rows_theft.
exact: (@thief_is_answered root left cs.2 _ [::] [::] set0 isT (sub0set _) (fun _ => negbT (in_set0 b)) isT).
Qed.

(** That is the probability with the rows and all that is asked for: the game refuses nothing. *)
Theorem linked_in_theftE : linked_in_theft = E (fun cs : C * {perm 'I_m} => E (fun root : key =>
  (sought root cs.2 false (t cs.1 (root_tag_at root) [seq symbol_at registry root a (xs i) | i <- enum 'I_m]
     [seq symbol_at registry root b (xs (cs.2 i)) | i <- enum 'I_m]))%:R)).
Proof. by apply: eq_E => cs; apply: eq_E => root; rewrite played_sought. Qed.

Theorem row_guess_theft : linked_in_theft <= m%:R^-1 + theft_cost linking_theft n.
Proof.
have bound := unlinkability_theft registry_valid registry_insurers (c0, 1%g : {perm 'I_m}) registry_inj at_most.
have C0 : (0 < #|C|)%N by apply/card_gt0P; exists c0.
have K0 : (0 < #|key|)%N by apply/card_gt0P; exists key0.
have right_ : yes_theft registry insurers linking_theft false = m%:R^-1.
  rewrite /yes_theft E_prod -[RHS](E_const _ C0); apply: eq_E => c.
  rewrite E_exchange -[RHS](E_const _ K0); apply: eq_E => root.
  have [i iP] := sought_blind root
    (t c (root_tag_at root) [seq symbol_at registry root a (xs i) | i <- enum 'I_m]
                            [seq symbol_at registry root b (xs i) | i <- enum 'I_m]) false.
  by rewrite -(pr_row i j); apply: eq_E => s; rewrite played_sought iP eq_sym.
rewrite -ler_subl_addl -right_; exact: le_trans (ler_norm _) bound.
Qed.
End Linking.

(** ** Scripts

    A script does not depend on the answers, so what it steals is one set, and its bound is that of this set alone. *)
Fixpoint stolen_by (l : seq (question q)) h taken (stolen : {set 'I_q}) : {set 'I_q} :=
  match l with
  | [::] => stolen
  | AskFor a x y :: l' =>
      if allowed (merged insurers stolen h) taken (as_one insurers stolen a) (x, y)
      then stolen_by l' ((a, (x, y)) :: h) taken stolen else stolen_by l' h taken stolen
  | Answered.TagOf a :: l' => stolen_by l' h taken stolen
  | Answered.Take a :: l' =>
      if takeable registry insurers h taken stolen a
      then stolen_by l' h (a :: taken) (stolen_with registry insurers taken stolen a) else stolen_by l' h taken stolen
  end.

Lemma stolen_by_eligible l h taken (stolen : {set 'I_q}) : stolen \subset eligible registry ->
  stolen_by l h taken stolen \subset eligible registry.
Proof.
elim: l h taken stolen => [|[a x y|a|a] l IH] h taken stolen sE //=; try exact: IH.
  by case: ifP => _; exact: IH.
case: ifP => _; apply: IH => //; rewrite /stolen_with; case: ifP => // /andP[aE _].
by rewrite subUset sub1set aE.
Qed.

Lemma guesses_stolen L root left l f ks h taken (stolen : {set 'I_q}) hh tt :
  played registry insurers (leaked_of L) root left
    (guessing registry insurers L ks (scripted l f) h taken stolen) hh tt ->
  L = stolen_by l h taken stolen.
Proof.
elim: l f ks h taken stolen hh tt => [|[a x y|a|a] l IH] f ks h taken stolen hh tt /=.
- by case/andP => _ /eqP.
- case: ifP => _; last exact: IH.
  case: ifP => _ //=; case: ifP => _; exact: IH.
- exact: IH.
case: ifP => _; last exact: IH.
case: ifP => _ //=; case: ifP => _; exact: IH.
Qed.

Lemma takes_stolen L root left l f r ks hh tt :
  played registry insurers (leaked_of L) root left
    (takes r ks (fun ks => guessing registry insurers L ks (scripted l f) [::] [::] set0)) hh tt ->
  L = stolen_by l [::] [::] set0.
Proof.
elim: r ks hh tt => [|a r IH] ks hh tt /=; first exact: guesses_stolen.
by case: ifP => _; exact: IH.
Qed.

Definition script_steals l : {set 'I_q} := stolen_by l [::] [::] set0.

Lemma E_zero (T : finType) (f : T -> rat) : f =1 (fun=> 0) -> E f = 0.
Proof. by move=> f0; rewrite /E big1 ?mul0r // => i _; exact: f0. Qed.

Lemma script_theft (C : finType) (c0 : C) (l : seq (question q)) (t : C -> symbol -> linker) (n : 'I_q -> nat) :
    (forall c y, exists f, t c y = scripted l f) -> (forall c y s, asks s (n s) (t c y)) ->
  `|yes_theft registry insurers t true - yes_theft registry insurers t false|
    <= cost registry insurers (leaked_of (script_steals l)) (guess_for registry insurers t (script_steals l))
         (counts_of insurers (script_steals l) n).
Proof.
move=> script at_most; have SE : script_steals l \subset eligible registry by apply: stolen_by_eligible; exact: sub0set.
have only left : yes_theft registry insurers t left
    = yes registry insurers (leaked_of (script_steals l)) (guess_for registry insurers t (script_steals l)) left.
  rewrite (yes_theft_split registry_valid registry_insurers) (bigD1 (script_steals l)) ?powersetE //=.
  rewrite big1 ?addr0 // => L /andP[_ ne]; apply: E_zero => c; apply: E_zero => root.
  rewrite [X in nat_of_bool X](_ : _ = false) //.
  have [f tE] := script c (wrap 16 (symbol_from (raw root) tag_bytes)).
  by apply/negP; rewrite /guess_for tE => /takes_stolen LE; rewrite LE eqxx in ne.
rewrite !only; apply: (unlinkability registry_inj registry_valid registry_insurers (leaked_of (script_steals l)) c0).
by move=> c y s; apply: asks_guess => // s'; exact: at_most.
Qed.

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

(** The keys come first, so what is stolen is known before: one set, and the bound of [unlinkability] for it. *)
Theorem deliveries_show_no_more_theft :
  `|verdict_on left_persons - verdict_on (right_persons scope_of left_persons renamed)|
    <= cost registry insurers (leaked_of (script_steals questions))
         (guess_for registry insurers adversary (script_steals questions))
         (counts_of insurers (script_steals questions) n).
Proof.
have script c y : exists f, adversary c y = scripted questions f by eexists; reflexivity.
by have := script_theft c0 script at_most; rewrite (verdict_is_yes_theft true) (verdict_is_yes_theft false).
Qed.
End Seen.
End Stolen.
