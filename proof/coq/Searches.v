(** * Nobody learns a number from its symbols; nobody links a row, whatever else is seen

    Two searches by adaptive adversaries, each a corollary of [unlinkability].

    - Inversion. One of m candidates is the secret person, uniformly. The adversary asks for this person's symbols in any
      scopes, for symbols of persons who are not candidates, for tags, takes keys of other scopes, and names a candidate.
    - Rows. The rows of m persons at scope a, and at scope b in a secret uniform order. After these the adversary asks
      for symbols of any persons in all other scopes, of other persons at b, for tags, takes all keys but that of b, and
      says which person row j of b is.

    In the right world the secret shows nowhere, so the guess there is right with probability 1/m. *)

From Coq Require Import NArith.
From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops Hybrid Ladder Cascade Sha256 Encoding Injectivity Bytes.
From fugo Require Import Ideal Deployed Unlinkability.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Opaque compress length_bytes.

(** A fixed guess of a uniform index is right with probability 1/m. *)
Lemma E_guess (m : nat) (i : 'I_m) : E (fun k : 'I_m => (i == k)%:R) = m%:R^-1.
Proof. by rewrite /E (bigD1 i) //= eqxx big1 ?addr0 ?mul1r ?card_ord // => k /negbTE; rewrite eq_sym => ->. Qed.

(** ** The searches, over any types

    [plays] is [played] with any functions in the place of derived bytes. *)
Section Plays.
Variables (A X : eqType) (K Y : Type) (parent : A -> option A) (hidden : pred A).
Variables (symbol_of : A -> X -> Y) (tag_of : A -> Y) (key_of : A -> K) (y0 : Y) (k0 : K) (left : bool).
Let linker := linker A X K Y.
Let history := seq (A * (X * X)).

Fixpoint plays (t : linker) (h : history) (taken : seq A) : bool :=
  match t with
  | Guess b => b
  | Ask a x0 x1 k =>
      if ~~ hidden a && allowed h taken a (x0, x1)
      then plays (k (symbol_of a (if left then x0 else x1))) ((a, (x0, x1)) :: h) taken
      else plays (k y0) h taken
  | Tag a k => plays (k (tag_of a)) h taken
  | Corrupt a k => if givable parent h taken a then plays (k (key_of a)) h (a :: taken) else plays (k k0) h taken
  end.

End Plays.

Lemma eq_plays (A X : eqType) (K Y : Type) (parent : A -> option A) (hidden : pred A) (f f' : A -> X -> Y)
    (g g' : A -> Y) (k k' : A -> K) (y0 : Y) (k0 : K) left t h taken :
    (forall a x, f a x = f' a x) -> (forall a, g a = g' a) -> (forall a, k a = k' a) ->
  plays parent hidden f g k y0 k0 left t h taken = plays parent hidden f' g' k' y0 k0 left t h taken.
Proof.
by move=> ef eg ek; elim: t h taken => [b|a x y u IH|a u IH|a u IH] h taken //=; rewrite ?ef ?eg ?ek !IH.
Qed.

Section Blind.
Variables (A X : eqType) (K Y : Type) (parent : A -> option A) (hidden : pred A).
Variables (symbol_of : A -> X -> Y) (tag_of : A -> Y) (key_of : A -> K) (y0 : Y) (k0 : K) (left : bool).
Let linker := linker A X K Y.
Let history := seq (A * (X * X)).
Let plays := plays parent hidden symbol_of tag_of key_of y0 k0 left.

Variables (m : nat) (xs : 'I_m -> X).
Definition listed (x : X) : bool := [exists i, xs i == x].

Lemma listedP (x : X) i : ~~ listed x -> (xs i == x) = false.
Proof. by move=> nx; apply: contraNF nx => xi; apply/existsP; exists i. Qed.

(** *** Inversion *)
Inductive inverter :=
  | Name of 'I_m
  | Secret of A & (Y -> inverter)
  | Other of A & X & (Y -> inverter)
  | TagAt of A & (Y -> inverter)
  | KeyAt of A & (K -> inverter).

(** Somebody who is not a candidate, for the right world. *)
Variable decoy : X.
Hypothesis decoy_not_listed : ~~ listed decoy.

(** The questions about candidate i. Symbols of candidates by number are refused. *)
Fixpoint inverts (i : 'I_m) (t : inverter) : linker :=
  match t with
  | Name j => Guess (j == i)
  | Secret a k => Ask a (xs i) decoy (fun y => inverts i (k y))
  | Other a x k => if listed x then inverts i (k y0) else Ask a x x (fun y => inverts i (k y))
  | TagAt a k => Tag a (fun y => inverts i (k y))
  | KeyAt a k => Corrupt a (fun x => inverts i (k x))
  end.

Definition asked_about (i : 'I_m) (e : A * option X) : A * (X * X) := (e.1, if e.2 is Some x then (x, x) else (xs i, decoy)).
Definition not_candidates (h : seq (A * option X)) : bool := all (fun e => if e.2 is Some x then ~~ listed x else true) h.

Lemma asked_allowed h taken a i i' : not_candidates h ->
  allowed (map (asked_about i) h) taken a (xs i, decoy) = allowed (map (asked_about i') h) taken a (xs i', decoy).
Proof.
move=> oh; rewrite /allowed !(listedP _ decoy_not_listed); congr (_ && _).
elim: h oh => //= -[b [x|]] h IH /= oh.
  by case/andP: oh => nx oh; rewrite (IH oh) ![x == xs _]eq_sym !(listedP _ nx).
by rewrite (IH oh) !eqxx.
Qed.

Lemma other_allowed h taken a x i i' : ~~ listed x ->
  allowed (map (asked_about i) h) taken a (x, x) = allowed (map (asked_about i') h) taken a (x, x).
Proof.
move=> nx; rewrite /allowed; congr (_ && _).
by elim: h => //= -[b [y|]] h -> //=; rewrite !(listedP _ nx).
Qed.

Lemma asked_givable h taken a i i' : givable parent (map (asked_about i) h) taken a = givable parent (map (asked_about i') h) taken a.
Proof.
rewrite /givable; congr (_ && _).
by elim: h => //= -[b [y|]] h -> //=; rewrite !(listedP _ decoy_not_listed).
Qed.

(** In the right world the run is the same for all candidates. *)
Lemma inverts_blind (i0 : 'I_m) u h taken : left = false -> not_candidates h ->
  exists j, forall i, plays (inverts i u) (map (asked_about i) h) taken = (j == i).
Proof.
move=> right_; elim: u h taken => [j|a k IH|a x k IH|a k IH|a k IH] h taken oh /=; rewrite ?right_.
- by exists j.
- have [j jP] := IH (symbol_of a decoy) ((a, None) :: h) taken oh; have [j' jP'] := IH y0 h taken oh.
  exists (if ~~ hidden a && allowed (map (asked_about i0) h) taken a (xs i0, decoy) then j else j') => i.
  by rewrite (asked_allowed taken a i i0 oh); case: ifP => _; [exact: jP | exact: jP'].
- case: (boolP (listed x)) => [lx|nx]; first exact: IH.
  have [|j jP] := IH (symbol_of a x) ((a, Some x) :: h) taken; first by rewrite /= nx.
  have [j' jP'] := IH y0 h taken oh.
  exists (if ~~ hidden a && allowed (map (asked_about i0) h) taken a (x, x) then j else j') => i /=.
  rewrite right_ (other_allowed h taken a i i0 nx); case: ifP => _; [exact: jP | exact: jP'].
- exact: IH.
have [j jP] := IH (key_of a) h (a :: taken) oh; have [j' jP'] := IH k0 h taken oh.
exists (if givable parent (map (asked_about i0) h) taken a then j else j') => i.
by rewrite (asked_givable h taken a i i0); case: ifP => _; [exact: jP | exact: jP'].
Qed.

(** *** Rows *)
Variables (a b : A) (j : 'I_m).

Inductive seeker :=
  | Link of 'I_m
  | See of A & X & (Y -> seeker)
  | TagOf of A & (Y -> seeker)
  | KeyOf of A & (K -> seeker).

(** After the rows. Symbols of the listed persons at b by number, and the key of b, are refused. *)
Fixpoint seeks (s : {perm 'I_m}) (t : seeker) : linker :=
  match t with
  | Link i => Guess (i == s j)
  | See e x k => if (e == b) && listed x then seeks s (k y0) else Ask e x x (fun y => seeks s (k y))
  | TagOf e k => Tag e (fun y => seeks s (k y))
  | KeyOf e k => if e == b then seeks s (k k0) else Corrupt e (fun x => seeks s (k x))
  end.

Fixpoint asks_first (ps : history) (k : seq Y -> linker) : linker :=
  if ps is (e, p) :: ps' then Ask e p.1 p.2 (fun y => asks_first ps' (fun ys => k (y :: ys))) else k [::].

Definition both_rows (s : {perm 'I_m}) : history :=
  [seq (a, (xs i, xs i)) | i <- enum 'I_m] ++ [seq (b, (xs (s i), xs i)) | i <- enum 'I_m].

(** The rows of a and those of b go to the strategy. *)
Definition sees_rows (s : {perm 'I_m}) (t : seq Y -> seq Y -> seeker) : linker :=
  asks_first (both_rows s) (fun ys => seeks s (t (take m ys) (drop m ys))).

Hypothesis xs_inj : injective xs.
Hypothesis scopes_differ : a != b.
Hypothesis a_shown : ~~ hidden a.
Hypothesis b_shown : ~~ hidden b.

Lemma plays_first ps k h :
    all (fun e => ~~ hidden e.1) ps ->
    {in h ++ ps &, forall u e, u.1 = e.1 -> (u.2.1 == e.2.1) = (u.2.2 == e.2.2)} ->
  plays (asks_first ps k) h [::]
  = plays (k [seq symbol_of e.1 (if left then e.2.1 else e.2.2) | e <- ps]) (rev ps ++ h) [::].
Proof.
elim: ps k h => [|[e [x y]] ps IH] k h //= /andP[ne nps] pat.
have -> : ~~ hidden e && allowed h [::] e (x, y).
  rewrite ne /allowed /=; apply/allP => u uh; apply/implyP => /eqP ue.
  by apply/eqP/(pat u (e, (x, y))) => //; rewrite mem_cat ?uh // mem_head orbT.
rewrite IH //; first by rewrite rev_cons -cats1 -catA.
move=> u v; rewrite !mem_cat !in_cons => uin vin; apply: pat; rewrite mem_cat in_cons.
  by case/orP: uin => [/orP[]|] ->; rewrite ?orbT.
by case/orP: vin => [/orP[]|] ->; rewrite ?orbT.
Qed.

Lemma rows_consistent s : {in both_rows s &, forall u e, u.1 = e.1 -> (u.2.1 == e.2.1) = (u.2.2 == e.2.2)}.
Proof.
move=> u e; rewrite !mem_cat => /orP[] /mapP[i _ ->] /orP[] /mapP[k _ ->] //= ab.
- by have := scopes_differ; rewrite ab eqxx.
- by have := scopes_differ; rewrite ab eqxx.
by rewrite !(inj_eq xs_inj) (inj_eq perm_inj).
Qed.

Lemma rows_shown s : all (fun e => ~~ hidden e.1) (both_rows s).
Proof. by rewrite all_cat; apply/andP; split; apply/allP => _ /mapP[k _ ->]. Qed.

(** The strategy is given the symbols of the persons at a, and those at b, in the secret order if left. *)
Lemma plays_rows s t : plays (sees_rows s t) [::] [::]
  = plays (seeks s (t [seq symbol_of a (xs i) | i <- enum 'I_m]
                      [seq symbol_of b (xs (if left then s i else i)) | i <- enum 'I_m])) (rev (both_rows s)) [::].
Proof.
rewrite /sees_rows plays_first; [|exact: rows_shown|exact: rows_consistent].
have -> : [seq symbol_of e.1 (if left then e.2.1 else e.2.2) | e <- both_rows s]
    = [seq symbol_of a (xs i) | i <- enum 'I_m] ++ [seq symbol_of b (xs (if left then s i else i)) | i <- enum 'I_m].
  by rewrite /both_rows map_cat -!map_comp; congr (_ ++ _); apply: eq_map => i /=; case: (left).
by rewrite cats0 take_size_cat ?drop_size_cat // size_map size_enum_ord.
Qed.

(** Histories after the rows: equal pairs, and none of a listed person at b. *)
Let known (h : history) : bool := all (fun e => (e.2.1 == e.2.2) && ((e.1 == b) ==> ~~ listed e.2.1)) h.

Lemma see_allowed s h taken e x : known h -> ~~ ((e == b) && listed x) ->
  allowed (h ++ rev (both_rows s)) taken e (x, x).
Proof.
rewrite /known => kh nx; rewrite /allowed /= eqxx implybT andTb all_cat all_rev; apply/andP; split.
  by apply: sub_all kh => -[c [y z]] /andP[/eqP /= -> _]; rewrite eqxx implybT.
rewrite /both_rows all_cat; apply/andP; split; apply/allP => _ /mapP[i _ ->] /=; apply/implyP => // /eqP be.
by rewrite -be eqxx /= in nx; rewrite !(listedP _ nx).
Qed.

Lemma take_givable s h taken e : known h -> e != b ->
  givable parent (h ++ rev (both_rows s)) taken e = (if parent e is Some c then c \in taken else true).
Proof.
rewrite /known => kh eb; rewrite /givable all_cat all_rev.
have -> : all (fun u => (u.1 == e) ==> (u.2.1 == u.2.2)) h by apply: sub_all kh => u /andP[-> _]; rewrite implybT.
have -> // : all (fun u => (u.1 == e) ==> (u.2.1 == u.2.2)) (both_rows s).
rewrite /both_rows all_cat; apply/andP; split; apply/allP => _ /mapP[i _ ->] /=; first by rewrite eqxx implybT.
by rewrite eq_sym (negbTE eb).
Qed.

(** In the right world what follows the rows is the same for all orders. *)
Lemma seeks_blind u h taken : left = false -> known h ->
  exists i, forall s, plays (seeks s u) (h ++ rev (both_rows s)) taken = (i == s j).
Proof.
move=> right_; elim: u h taken => [i|e x k IH|e k IH|e k IH] h taken kh /=; first by exists i.
- case: (boolP ((e == b) && listed x)) => [lx|nx]; first exact: IH.
  case hid: (hidden e).
    by have [i iP] := IH y0 h taken kh; exists i => s /=; rewrite hid iP.
  have [|i iP] := IH (symbol_of e x) ((e, (x, x)) :: h) taken.
    by rewrite /= eqxx kh andbT; apply/implyP => eb; move: nx; rewrite eb.
  by exists i => s /=; rewrite hid (see_allowed s taken kh nx) /= right_ -iP.
- exact: IH.
case: (boolP (e == b)) => [eb|nb]; first exact: IH.
have [i iP] := IH (key_of e) h (e :: taken) kh; have [i' iP'] := IH k0 h taken kh.
exists (if (if parent e is Some c then c \in taken else true) then i else i') => s /=.
rewrite (take_givable s taken kh nb).
by case: (if parent e is Some c then c \in taken else true); [exact: iP | exact: iP'].
Qed.
End Blind.

(** ** In derived bytes *)
Section Searches.
Variables (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q).
Hypothesis registry_inj : injective registry.
Hypothesis registry_valid : forall a, is_scope (registry a).
Hypothesis registry_insurers : registry insurers = insurers_first.
Variable leaked : pred 'I_q.
Let linker := linker (ordinal_eqType q) number key symbol.
Let inverter := inverter (ordinal_eqType q) number key symbol.
Let seeker := seeker (ordinal_eqType q) number key symbol.

Definition symbol_at (root : key) (a : 'I_q) (x : number) : symbol :=
  wrap 16 (derive_symbol (raw root) (registry a) (raw (val x))).
Definition tag_at (root : key) (a : 'I_q) : symbol := wrap 16 (symbol_from (scope_key (raw root) (registry a)) tag_bytes).
Definition key_at (root : key) (a : 'I_q) : key := wrap 32 (scope_key (raw root) (registry a)).
Definition root_tag_at (root : key) : symbol := wrap 16 (symbol_from (raw root) tag_bytes).

Let plays root left := plays (parent registry insurers leaked) leaked (symbol_at root) (tag_at root) (key_at root)
  symbol0 key0 left.

Lemma played_plays root left t h taken : played registry insurers leaked root left t h taken = plays root left t h taken.
Proof.
by elim: t h taken => [g|a x y k IH|a k IH|a k IH] h taken //=; rewrite !IH.
Qed.

(** The bound of [unlinkability]. *)
Definition cost (W : finType) (t : W -> symbol -> linker) (n : 'I_q -> nat) : rat :=
  ladder_cost registry insurers leaked (adversary leaked t) Left
  + ladder_cost registry insurers leaked (adversary leaked t) Right
  + \sum_(h <- hops (parent registry insurers leaked)) hop_cost registry insurers leaked (adversary leaked t) n h
  + \sum_s (if parent registry insurers leaked s then 5%:R * chain_cost else 0).

Variables (m : nat) (xs : 'I_m -> number) (C : finType) (c0 : C) (n : 'I_q -> nat).

Section Inversion.
Variables (decoy : number) (t : C -> symbol -> inverter m).
Hypothesis decoy_not_listed : ~~ listed xs decoy.
Definition inverting (ci : C * 'I_m) (y : symbol) : linker := inverts symbol0 xs decoy ci.2 (t ci.1 y).
Hypothesis at_most : forall c y s, asks s (n s) (inverting c y).

(** Pr[it names the secret person], who is candidate i, uniformly: it sees this person's symbols. *)
Definition named_right : rat := yes registry insurers leaked inverting true.

(** Whatever the strategy: 1/m, and what linking costs. *)
Theorem nobody_inverts : (0 < m)%N -> named_right <= m%:R^-1 + cost inverting n.
Proof.
move=> m0; pose i0 : 'I_m := Ordinal m0.
have bound := unlinkability registry_inj registry_valid registry_insurers leaked (c0, i0) at_most.
have C0 : (0 < #|C|)%N by apply/card_gt0P; exists c0.
have K0 : (0 < #|key|)%N by apply/card_gt0P; exists key0.
have right_ : yes registry insurers leaked inverting false = m%:R^-1.
  rewrite /yes E_prod -[RHS](E_const _ C0); apply: eq_E => c.
  rewrite E_exchange -[RHS](E_const _ K0); apply: eq_E => root.
  have [i iP] := inverts_blind (parent registry insurers leaked) leaked (symbol_at root) (tag_at root) (key_at root)
    symbol0 key0 decoy_not_listed i0 (t c (root_tag_at root)) (h := [::]) [::] (erefl false) isT.
  by rewrite -(E_guess i); apply: eq_E => k; rewrite played_plays -iP.
rewrite -ler_subl_addl -right_; exact: le_trans (ler_norm _) bound.
Qed.
End Inversion.

Section Linking.
Variables (a b : 'I_q) (j : 'I_m) (t : C -> symbol -> seq symbol -> seq symbol -> seeker m).
Hypothesis xs_inj : injective xs.
Hypothesis scopes_differ : a != b.
Hypothesis a_kept : ~~ leaked a.
Hypothesis b_kept : ~~ leaked b.
Definition linking (cs : C * {perm 'I_m}) (y : symbol) : linker :=
  sees_rows symbol0 key0 xs a b j cs.2 (t cs.1 y).
Hypothesis at_most : forall c y s, asks s (n s) (linking c y).

(** Pr[row j is linked right]: the rows of b are those of the persons in a secret uniform order. *)
Definition linked_in_game : rat := yes registry insurers leaked linking true.

(** Whatever else is seen: 1/m, and what linking costs. *)
Theorem row_guess_adaptive : linked_in_game <= m%:R^-1 + cost linking n.
Proof.
have bound := unlinkability registry_inj registry_valid registry_insurers leaked (c0, 1%g : {perm 'I_m}) at_most.
have C0 : (0 < #|C|)%N by apply/card_gt0P; exists c0.
have K0 : (0 < #|key|)%N by apply/card_gt0P; exists key0.
have right_ : yes registry insurers leaked linking false = m%:R^-1.
  rewrite /yes E_prod -[RHS](E_const _ C0); apply: eq_E => c.
  rewrite E_exchange -[RHS](E_const _ K0); apply: eq_E => root.
  have [i iP] := seeks_blind (parent registry insurers leaked) leaked (symbol_at root) (tag_at root) (key_at root)
    symbol0 key0 (xs := xs) (b := b) a j
    (t c (root_tag_at root) [seq symbol_at root a (xs i) | i <- enum 'I_m] [seq symbol_at root b (xs i) | i <- enum 'I_m])
    (h := [::]) [::] (erefl false) isT.
  rewrite -(pr_row i j); apply: eq_E => s; congr (_%:R); congr nat_of_bool.
  by rewrite played_plays /plays plays_rows // eq_sym -iP.
rewrite -ler_subl_addl -right_; exact: le_trans (ler_norm _) bound.
Qed.

(** What the strategy is given in that probability. *)
Theorem linking_sees_rows root cs y :
  played registry insurers leaked root true (linking cs y) [::] [::]
  = played registry insurers leaked root true
      (seeks symbol0 key0 xs b j cs.2 (t cs.1 y [seq symbol_at root a (xs i) | i <- enum 'I_m]
                                                [seq symbol_at root b (xs (cs.2 i)) | i <- enum 'I_m]))
      (rev (both_rows xs a b cs.2)) [::].
Proof. by rewrite !played_plays /plays plays_rows. Qed.
End Linking.
End Searches.
