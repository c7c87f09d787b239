(** * Theft of eligibility keys during the game

    In [unlinkability], an eligibility key is given before the insurers' only where that was named before the game. Here
    the adversary decides while it plays. Whoever has an eligibility key without the insurers' makes the symbols of that
    scope from insurers' symbols, so the two scopes count as one from then on: pairs at both must repeat alike, jointly.
    No scope is named before the game, and no symbol of an eligibility scope is refused because its key is known.

    For each set L of eligibility scopes, the static game is played with L as the scopes that leaked: the keys of L are
    taken first, and a question at L becomes one at the insurers' scope. The adversary for L says no as soon as L turns
    out not to be what is stolen. So "yes" is split over the sets L, and the advantage is at most the sum of theirs. *)

From Coq Require Import NArith List.
From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops Hybrid Ladder Cascade Sha256 Encoding Injectivity Bytes.
From fugo Require Import Deployed Unlinkability Consequences Answered National Searches.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Opaque compress length_bytes.

Section Theft.
Variables (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q).
Let linker := linker (ordinal_eqType q) number key symbol.
Let history := seq ('I_q * (number * number)).
Implicit Types (h : history) (taken : seq 'I_q) (stolen L : {set 'I_q}) (a b s : 'I_q).

Definition eligible : {set 'I_q} := [set a | purpose (registry a) == purpose_eligibility].

(** Scopes whose keys are stolen count as the insurers'. *)
Definition as_one stolen a : 'I_q := if a \in stolen then insurers else a.
Definition merged stolen h : history := [seq (as_one stolen e.1, e.2) | e <- h].

(** The pairs at the insurers' scope repeat alike. *)
Fixpoint alike h : bool :=
  if h is e :: h' then (if e.1 == insurers then allowed h' [::] insurers e.2 else true) && alike h' else true.

(** Taking an eligibility key without the insurers' is theft. *)
Definition theft taken a : bool := (a \in eligible) && (insurers \notin taken).
Definition stolen_with taken stolen a : {set 'I_q} := if theft taken a then a |: stolen else stolen.

(** A key can be stolen if the pairs at what then is one scope repeat alike. Any other key can be taken if all pairs
    there are equal. *)
Definition takeable h taken stolen a : bool :=
  if theft taken a then alike (merged (a |: stolen) h)
  else all (fun e => (e.1 == as_one stolen a) ==> (e.2.1 == e.2.2)) (merged stolen h).

(** ** The game

    That of [played], where an eligibility key can be stolen at any time. *)
Section Played.
Variables (root : key) (left : bool).

Fixpoint played_theft (t : linker) h taken stolen : bool :=
  match t with
  | Guess b => b
  | Ask a x0 x1 k =>
      if allowed (merged stolen h) taken (as_one stolen a) (x0, x1)
      then played_theft (k (wrap 16 (derive_symbol (raw root) (registry a) (raw (val (if left then x0 else x1))))))
                        ((a, (x0, x1)) :: h) taken stolen
      else played_theft (k symbol0) h taken stolen
  | Tag a k => played_theft (k (wrap 16 (symbol_from (scope_key (raw root) (registry a)) tag_bytes))) h taken stolen
  | Corrupt a k =>
      if takeable h taken stolen a
      then played_theft (k (wrap 32 (scope_key (raw root) (registry a)))) h (a :: taken) (stolen_with taken stolen a)
      else played_theft (k key0) h taken stolen
  end.
End Played.

(** ** The adversary for one set of scopes *)
Section Guessing.
Variable L : {set 'I_q}.

(** The stolen scopes will not be those of [L]. *)
Definition wrong h taken stolen : bool :=
  [|| ~~ alike (merged L h), ~~ (stolen \subset L) | (insurers \in taken) && ~~ (L \subset stolen)].

(** With the keys of [L]: asks the insurers' scope in the place of those of [L], and derives. *)
Definition derived (ks : 'I_q -> key) a (y : symbol) : symbol :=
  if a \in L then wrap 16 (symbol_from (raw (ks a)) (raw y)) else y.

Fixpoint guessing (ks : 'I_q -> key) (t : linker) h taken stolen : linker :=
  match t with
  | Guess b => Guess (b && (stolen == L))
  | Ask a x0 x1 k =>
      if allowed (merged stolen h) taken (as_one stolen a) (x0, x1)
      then if wrong ((a, (x0, x1)) :: h) taken stolen then Guess false
           else Ask (as_one L a) x0 x1 (fun y =>
             guessing ks (k (derived ks a y)) ((a, (x0, x1)) :: h) taken stolen)
      else guessing ks (k symbol0) h taken stolen
  | Tag a k => Tag a (fun y => guessing ks (k y) h taken stolen)
  | Corrupt a k =>
      if takeable h taken stolen a
      then if wrong h (a :: taken) (stolen_with taken stolen a) then Guess false
           else Corrupt a (fun x => guessing ks (k x) h (a :: taken) (stolen_with taken stolen a))
      else guessing ks (k key0) h taken stolen
  end.

Fixpoint takes (l : seq 'I_q) (ks : 'I_q -> key) (k : ('I_q -> key) -> linker) : linker :=
  if l is a :: l' then Corrupt a (fun x => takes l' (fun b => if b == a then x else ks b) k) else k ks.

Definition leaked_of : pred 'I_q := fun a => a \in L.
Definition guess (t : linker) : linker := takes (enum L) (fun=> key0) (fun ks => guessing ks t [::] [::] set0).

(** It asks as often as the adversary does, at the insurers' scope as often as that at all that counts as one. *)
Definition counts_of (n : 'I_q -> nat) s : nat := if s == insurers then (\sum_(a in insurers |: L) n a)%N else n s.

End Guessing.

(** ** "Yes" is split *)
Hypothesis registry_valid : forall a, is_scope (registry a).
Hypothesis registry_insurers : registry insurers = insurers_first.

Lemma insurers_stays L : L \subset eligible -> insurers \notin L.
Proof. by move=> /subsetP sub; apply/negP => /sub; rewrite inE registry_insurers. Qed.

Lemma wrong_ask L h taken stolen e : wrong L h taken stolen -> wrong L (e :: h) taken stolen.
Proof. by rewrite /wrong /= => /or3P[na|->|->]; rewrite ?orbT // negb_and na orbT. Qed.

Lemma wrong_take L h taken stolen a : wrong L h taken stolen -> wrong L h (a :: taken) (stolen_with taken stolen a).
Proof.
rewrite /wrong /stolen_with /theft => /or3P[->//|ns|/andP[it nl]].
  apply/or3P; apply: Or32; apply: contra ns; case: ifP => // _; exact: subset_trans (subsetUr _ _).
by rewrite in_cons it andbF nl !orbT.
Qed.

(** What the game allows, the static game does. *)
Lemma allowed_static L h taken stolen a p : L \subset eligible -> ~~ wrong L ((a, p) :: h) taken stolen ->
    allowed (merged stolen h) taken (as_one stolen a) p ->
  allowed (merged L h) (taken ++ rev (enum L)) (as_one L a) p.
Proof.
move=> LE; rewrite /wrong !negb_or !negbK => /and3P[al /subsetP sL fin].
case/andP => eqp rep; have iL := insurers_stays LE.
have in_ts b : b \notin L -> (b \in taken ++ rev (enum L)) = (b \in taken).
  by move=> bL; rewrite mem_cat mem_rev mem_enum (negbTE bL) orbF.
have joint : as_one L a = insurers -> all (fun u => (u.1 == insurers) ==> ((u.2.1 == p.1) == (u.2.2 == p.2))) (merged L h).
  by move=> ai; move: al; rewrite /= ai eqxx => /andP[/andP[_ ->]].
have full b : insurers \in taken -> b \in L -> b \in stolen.
  by move=> it; move: fin; rewrite it /= negbK => /subsetP sub; exact: sub.
rewrite /allowed; case: (boolP (a \in L)) => aL.
  have ai : as_one L a = insurers by rewrite /as_one aL.
  rewrite ai joint // andbT in_ts //; apply/implyP => it.
  by move: eqp; rewrite /as_one (full a it aL) it.
have an : as_one stolen a = a by rewrite /as_one; case: ifP => // /sL; rewrite (negbTE aL).
have ai : as_one L a = a by rewrite /as_one (negbTE aL).
rewrite an in eqp rep; rewrite ai in_ts // eqp /=.
case: (eqVneq a insurers) => [e|ne]; first by have := joint; rewrite ai e; exact.
rewrite all_map; move: rep; rewrite all_map; apply: sub_all => u /= /implyP rep; apply/implyP.
rewrite {1}/as_one; case: ifP => uL /eqP ua; first by rewrite ua eqxx in ne.
by apply: rep; rewrite /as_one ua; case: ifP => // /sL; rewrite (negbTE aL).
Qed.

Lemma givable_static L h taken stolen a : L \subset eligible ->
    ~~ wrong L h (a :: taken) (stolen_with taken stolen a) -> takeable h taken stolen a ->
  givable (parent registry insurers (leaked_of L)) (merged L h) (taken ++ rev (enum L)) a.
Proof.
move=> LE; rewrite /wrong !negb_or !negbK => /and3P[_ /subsetP sL fin]; have iL := insurers_stays LE.
rewrite /givable /parent /leaked_of /takeable; case: (boolP (a \in L)) => aL.
  move=> _; rewrite andbF andbT all_map; apply/allP => e _ /=; apply/implyP.
  by rewrite /as_one; case: ifP => eL /eqP ea; [rewrite ea aL in iL | rewrite -ea eL in aL].
have nt : theft taken a = false.
  by apply: contraNF aL => th; apply: sL; rewrite /stolen_with th setU11.
move: sL fin; rewrite /stolen_with nt => sL fin.
have an : as_one stolen a = a by rewrite /as_one; case: ifP => // /sL; rewrite (negbTE aL).
rewrite an !all_map => eqs; apply/andP; split.
  move: eqs; apply: sub_all => u /= /implyP eqs; apply/implyP => ua; apply: eqs; move: ua.
  case: (eqVneq a insurers) => [e|ne].
    move: fin; rewrite inE e eqxx /= negbK => /subsetP Ls.
    by rewrite /as_one; case: ifP => [/Ls -> //|uL]; case: ifP => // /sL; rewrite uL.
  rewrite {1}/as_one; case: ifP => uL /eqP ua; first by rewrite ua eqxx in ne.
  by rewrite /as_one ua; case: ifP => // /sL; rewrite (negbTE aL).
move: nt; rewrite /theft inE; case: (purpose (registry a) == purpose_eligibility) => //= /negbFE it.
by rewrite mem_cat it.
Qed.

Section Root.
Variables (root : key) (left : bool).
Let static L := played registry insurers (leaked_of L) root left.

Lemma raw_wrapped n (w : n.-tuple byte) (m : bytes) : raw w = m -> raw (wrap n m) = m.
Proof. by move=> <-; rewrite wrap_raw. Qed.

Lemma raw_key_at a : raw (key_at registry root a) = scope_key (raw root) (registry a).
Proof.
apply: (raw_wrapped (w := H root (label_message registry a))).
by rewrite raw_H (raw_label_message registry_valid) scope_keyE.
Qed.

(** The symbol of an eligibility scope, from the insurers' symbol. *)
Lemma derived_again a (x : number) : a \in eligible ->
  wrap 16 (symbol_from (raw (key_at registry root a))
                       (raw (wrap 16 (derive_symbol (raw root) (registry insurers) (raw (val x))))))
  = wrap 16 (derive_symbol (raw root) (registry a) (raw (val x))).
Proof.
rewrite inE => ae; rewrite raw_key_at /derive_symbol ae registry_insurers /=.
rewrite (raw_wrapped (w := cut (H (key_at registry root insurers) (number_message x)))) //.
by rewrite raw_cut raw_H raw_key_at registry_insurers.
Qed.

Lemma theft_split (ks : {set 'I_q} -> 'I_q -> key) t h taken stolen :
    (forall L, {in L, ks L =1 key_at registry root}) -> alike (merged stolen h) -> stolen \subset eligible ->
  played_theft root left t h taken stolen
  = (\sum_(L in powerset eligible | ~~ wrong L h taken stolen)
      static L (guessing L (ks L) t h taken stolen) (merged L h) (taken ++ rev (enum L)))%N :> nat.
Proof.
move=> ksP; elim: t h taken stolen => [b|a x0 x1 k IH|a k IH|a k IH] h taken stolen al sE /=.
- rewrite (bigD1 stolen) /=; last by rewrite powersetE sE /wrong al subxx andbF.
  rewrite eqxx andbT big1 ?addn0 // => L /andP[_ /negbTE ne].
  by rewrite eq_sym ne andbF.
- case: ifP => ok; last by rewrite IH //; apply: eq_bigr.
  rewrite IH //; last first.
    rewrite /= al andbT; case: eqP => // e; move: ok; rewrite e => /andP[_].
    by rewrite /allowed.
  rewrite !big_mkcondr; apply: eq_bigr => L; rewrite powersetE => LE.
  case: (boolP (wrong L (_ :: h) _ _)) => [w|nw] /=; first by case: ifP.
  have -> : ~~ wrong L h taken stolen by apply: contra nw; exact: wrong_ask.
  rewrite (allowed_static LE nw ok) {1}/leaked_of {1}/as_one.
  have -> : (if a \in L then insurers else a) \notin L.
    by case: (boolP (a \in L)) => // _; exact: insurers_stays.
  congr (nat_of_bool (static L (guessing L (ks L) (k _) _ _ _) _ _)).
  rewrite /derived /as_one; case: (boolP (a \in L)) => // aL.
  rewrite (ksP L a aL) [RHS]derived_again //; exact: (subsetP LE).
- by rewrite IH //; apply: eq_bigr.
case: ifP => ok; last by rewrite IH //; apply: eq_bigr.
rewrite IH; last first.
- by rewrite /stolen_with; case: ifP => // /andP[aE _]; rewrite subUset sub1set aE.
- by move: ok; rewrite /takeable /stolen_with; case: ifP.
rewrite !big_mkcondr; apply: eq_bigr => L; rewrite powersetE => LE.
case: (boolP (wrong L h (a :: taken) _)) => [w|nw] /=; first by case: ifP.
have -> : ~~ wrong L h taken stolen by apply: contra nw; exact: wrong_take.
by rewrite (givable_static LE nw ok).
Qed.

(** The keys of [L] are there for the asking. *)
Lemma takes_keys L l ks k taken : {subset l <= L} ->
  static L (takes l ks k) [::] taken
  = static L (k (foldl (fun ks' a b => if b == a then key_at registry root a else ks' b) ks l)) [::] (rev l ++ taken).
Proof.
elim: l ks taken => [|a l IH] ks taken sub //=.
rewrite /givable /parent /leaked_of (sub a (mem_head _ _)) andbF /= IH; last by move=> b bl; apply: sub; rewrite inE bl orbT.
by rewrite rev_cons cat_rcons.
Qed.

Lemma taken_keys (l : seq 'I_q) ks a : a \in l ->
  foldl (fun ks' a b => if b == a then key_at registry root a else ks' b) ks l a = key_at registry root a.
Proof.
have keep l' ks' : ks' a = key_at registry root a ->
    foldl (fun ks' a b => if b == a then key_at registry root a else ks' b) ks' l' a = key_at registry root a.
  by elim: l' ks' => //= b l' IH ks' e; apply: IH; case: eqP => // ->.
elim: l ks => //= b l IH ks; rewrite inE => /orP[/eqP ab|/IH //]; by apply: keep; rewrite ab eqxx.
Qed.

Lemma played_theft_split t :
  played_theft root left t [::] [::] set0
  = (\sum_(L in powerset eligible) static L (guess L t) [::] [::])%N :> nat.
Proof.
pose ks L := foldl (fun ks' a b => if b == a then key_at registry root a else ks' b) (fun=> key0) (enum L).
rewrite (theft_split (ks := ks)) ?sub0set //; last by move=> L a aL; apply: taken_keys; rewrite mem_enum.
apply: eq_big => [L|L _]; first by rewrite /wrong /= sub0set andbT.
by rewrite /guess takes_keys ?cats0 // => a; rewrite mem_enum.
Qed.
End Root.

(** ** How often it asks *)
Section Counts.
Variable L : {set 'I_q}.
Hypothesis LE : L \subset eligible.

Lemma asks_le s m m' (t : linker) : (m <= m')%N -> asks s m t -> asks s m' t.
Proof.
move=> /subnK <-; elim: (m' - m)%N => // d IH am; rewrite addSn; apply: asks_more; exact: IH.
Qed.

Lemma asks_takes s m l ks k : (forall ks', asks s m (k ks')) -> asks s m (takes l ks k).
Proof. by move=> km; elim: l ks => //= a l IH ks x. Qed.

(** What may still be asked after a question at [a]. *)
Let less (m : 'I_q -> nat) a s : nat := if a == s then (m s).-1 else m s.

Lemma asks_step (T : Type) m a (t : T -> linker) :
  (forall s, if a == s then (if m s is m'.+1 then forall y, asks s m' (t y) else False) else forall y, asks s (m s) (t y)) ->
  (0 < m a)%N /\ forall y s, asks s (less m a s) (t y).
Proof.
move=> am; have := am a; rewrite eqxx; case ma: (m a) => [//|m'] aa; split=> // y s.
by have := am s; rewrite /less; case: eqP => [<-|_]; rewrite ?ma.
Qed.

Lemma asks_guessing ks (t : linker) h taken stolen m : (forall s, asks s (m s) t) ->
  forall s, asks s (counts_of L m s) (guessing L ks t h taken stolen).
Proof.
have iL := insurers_stays LE.
have fewer m' a s : (counts_of L (less m' a) s <= counts_of L m' s)%N.
  have le1 b : (less m' a b <= m' b)%N by rewrite /less; case: ifP => // _; exact: leq_pred.
  by rewrite /counts_of; case: ifP => // _; apply: leq_sum.
have one m' a : (0 < m' a)%N -> a \in insurers |: L ->
    (\sum_(b in insurers |: L) m' b = (\sum_(b in insurers |: L) less m' a b).+1)%N.
  move=> ma aJ; rewrite (bigD1 a) //= [in RHS](bigD1 a) //= /less eqxx -addSn prednK //; congr addn.
  by apply: eq_bigr => b /andP[_ /negbTE ba]; rewrite eq_sym ba.
elim: t h taken stolen m => [b|a x0 x1 k IH|a k IH|a k IH] h taken stolen m am s //=.
- have [ma {}am] := asks_step am.
  case: ifP => _; last by apply: asks_le (fewer m a s) _; exact: IH.
  case: ifP => _ //=; case: eqP => [e|ne].
    have lessE : counts_of L m s = (counts_of L (less m a) s).+1.
      rewrite /counts_of -e /as_one; case: (boolP (a \in L)) => aL; first by rewrite eqxx; apply: one; rewrite // inE aL orbT.
      case: (eqVneq a insurers) => [ai|ai]; first by apply: one => //; rewrite ai setU11.
      by rewrite /less eqxx prednK.
    by rewrite lessE => y; exact: IH.
  by move=> y; apply: asks_le (fewer m a s) _; exact: IH.
- have [ma {}am] := asks_step am.
  case: eqP => [e|ne]; last by move=> y; apply: asks_le (fewer m a s) _; exact: IH.
  have lessE : counts_of L m s = (counts_of L (less m a) s).+1.
    rewrite /counts_of -e; case: (eqVneq a insurers) => [ai|ai]; first by apply: one => //; rewrite ai setU11.
    by rewrite /less eqxx prednK.
  by rewrite lessE => y; exact: IH.
case: ifP => _; last by apply: IH => s'; exact: am.
by case: ifP => _ //= x; apply: IH => s'; exact: am.
Qed.

Lemma asks_guess (t : linker) m : (forall s, asks s (m s) t) -> forall s, asks s (counts_of L m s) (guess L t).
Proof. by move=> am s; apply: asks_takes => ks; exact: asks_guessing. Qed.
End Counts.

(** ** The theorem *)
Variables (C : finType) (c0 : C) (t : C -> symbol -> linker).

(** Pr[the adversary says yes], over its coins and the root key. *)
Definition yes_theft (left : bool) : rat :=
  E (fun c => E (fun root : key =>
    (played_theft root left (t c (wrap 16 (symbol_from (raw root) tag_bytes))) [::] [::] set0)%:R)).

Definition guess_for L (c : C) (y : symbol) : linker := guess L (t c y).

Lemma yes_theft_split left :
  yes_theft left = \sum_(L in powerset eligible) yes registry insurers (leaked_of L) (guess_for L) left.
Proof.
rewrite -big_filter /yes -E_sum; apply: eq_E => c; rewrite -E_sum; apply: eq_E => root.
by rewrite big_filter played_theft_split natr_sum.
Qed.

Variable n : 'I_q -> nat.
Hypothesis registry_inj : injective registry.
Hypothesis at_most : forall c y s, asks s (n s) (t c y).

(** |Pr[yes | left] - Pr[yes | right]| <= the bounds of [unlinkability], one for each set of eligibility scopes. *)
Theorem unlinkability_theft :
  `|yes_theft true - yes_theft false|
    <= \sum_(L in powerset eligible) cost registry insurers (leaked_of L) (guess_for L) (counts_of L n).
Proof.
rewrite !yes_theft_split -sumrB; apply: le_trans (ler_norm_sum _ _ _) _.
apply: ler_sum => L; rewrite powersetE => LE.
apply: (unlinkability registry_inj registry_valid registry_insurers (leaked_of L) c0) => c y s.
by apply: asks_guess => // s'; exact: at_most.
Qed.

(** For e eligibility scopes, 2^e times the largest. *)
Theorem theft_factor (bound : rat) :
    (forall L, L \subset eligible -> cost registry insurers (leaked_of L) (guess_for L) (counts_of L n) <= bound) ->
  `|yes_theft true - yes_theft false| <= (2 ^ #|eligible|)%:R * bound.
Proof.
move=> each; apply: le_trans unlinkability_theft _.
rewrite -card_powerset mulr_natl -sumr_const; apply: ler_sum => L; rewrite powersetE; exact: each.
Qed.

End Theft.

(** ** At national scale, with one eligibility scope *)

(** The named part of one set's bound: the advantages of its explicit adversaries, the chain's apart. *)
Definition named (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q) (leaked : pred 'I_q) (W : finType)
    (t : W -> symbol -> linker (ordinal_eqType q) number key symbol) : rat :=
  compression_adv (ladder_hop registry insurers leaked (adversary leaked t) Left)
  + compression_adv (ladder_hop registry insurers leaked (adversary leaked t) Right)
  + \sum_(h <- hops (parent registry insurers leaked))
      compression_adv (scope_hop registry insurers leaked (adversary leaked t) h).

Lemma half_bit k : bit k.+1 + bit k.+1 = bit k.
Proof. by rewrite -mulr2n -mulr_natl -(bit_double k 1). Qed.

Lemma add_parts (L R H l r z b a u v w : rat) : L = l + b -> R = r + b -> H = z + a -> b <= u -> a <= v -> u + u = v ->
  v + v = w -> L + R + H <= l + r + z + w.
Proof.
move=> -> -> -> bu av uv <-; rewrite -{1}uv [l + b + _]addrACA addrACA ler_add2l; apply: ler_add; last exact: av.
exact: ler_add.
Qed.

Lemma cost_le (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q) (leaked : pred 'I_q) (W : finType)
    (t : W -> symbol -> linker (ordinal_eqType q) number key symbol) (n : 'I_q -> nat) :
    (q <= 3000)%N -> (forall s, n s <= 2 ^ 28)%N ->
  cost registry insurers leaked t n
    <= named registry insurers leaked t + bit 56
       + \sum_s (if parent registry insurers leaked s then 5%:R * chain_cost else 0).
Proof.
move=> q3000 n28; rewrite /cost; apply: ler_add; last exact: lexx.
have lad : 'C(q.+1, 2)%:R / 2%:R ^+ 256 <= bit 58 :> rat.
  have l : 'C(q.+1, 2)%:R / 2%:R ^+ 256 <= bit 233.
    by move: (below_4096 q3000) => q12; exact: (collisions_below (e := 12) (d := 256)).
  exact: le_trans l (bit_le 58 175).
have inner s : 'C(n s, 2)%:R / 2%:R ^+ 256 <= bit 201 by exact: (collisions_below (e := 28) (d := 256)).
have hopsum : \sum_(h <- hops (parent registry insurers leaked)) ('C(n (hop_scope h), 2)%:R / 2%:R ^+ 256) <= bit 57 :> rat.
  rewrite (sum_hops (parent registry insurers leaked) (fun s => 'C(n s, 2)%:R / 2%:R ^+ 256)).
  apply: le_trans (hop_sum_le (fun s => parent registry insurers leaked s) (below_15 q3000) (bit_ge0 201)
    (fun s => pairs_ge0 (n s) 256%N) inner) _.
  by apply: (times_le (j := 15)); [exact: leqnn | exact: bit_ge0 | exact: (bit_le 72 129)].
have hopE : \sum_(h <- hops (parent registry insurers leaked)) hop_cost registry insurers leaked (adversary leaked t) n h
    = \sum_(h <- hops (parent registry insurers leaked)) compression_adv (scope_hop registry insurers leaked (adversary leaked t) h)
      + \sum_(h <- hops (parent registry insurers leaked)) ('C(n (hop_scope h), 2)%:R / 2%:R ^+ 256) by exact: big_split.
have left_ : ladder_cost registry insurers leaked (adversary leaked t) Left
    = compression_adv (ladder_hop registry insurers leaked (adversary leaked t) Left) + 'C(q.+1, 2)%:R / 2%:R ^+ 256 by exact: erefl.
have right_ : ladder_cost registry insurers leaked (adversary leaked t) Right
    = compression_adv (ladder_hop registry insurers leaked (adversary leaked t) Right) + 'C(q.+1, 2)%:R / 2%:R ^+ 256 by exact: erefl.
exact: (add_parts left_ right_ hopE lad hopsum (half_bit 57) (half_bit 56)).
Qed.

Lemma counts_le (q : nat) (insurers : 'I_q) (L : {set 'I_q}) (n : 'I_q -> nat) k s :
  (#|L| <= 1)%N -> (forall s, n s <= 2 ^ k)%N -> (counts_of insurers L n s <= 2 ^ k.+1)%N.
Proof.
move=> L1 nk; rewrite /counts_of; case: ifP => _; last by rewrite (leq_trans (nk s)) // leq_exp2l.
apply: (@leq_trans (\sum_(a in insurers |: L) 2 ^ k)%N); first by apply: leq_sum => a _; exact: nk.
rewrite sum_nat_const expnS leq_mul2r; apply/orP; right.
by rewrite cardsU1 -[2%N]/(1 + 1)%N; apply: leq_add; first exact: leq_b1.
Qed.

(** Sums over the sets of at most one scope. *)
Lemma sum_sets (q : nat) (S : {set 'I_q}) (f g : {set 'I_q} -> rat) (cc u v : rat) :
    (#|S| <= 1)%N -> 0 <= cc -> 0 <= u -> u + u = v ->
    (forall L, L \in powerset S -> f L <= g L + u + (if L == S then 0 else cc)) ->
  \sum_(L in powerset S) f L <= \sum_(L in powerset S) g L + (cc + v).
Proof.
move=> one cc0 u0 uv each.
have at_most_two : (#|powerset S| <= 2 ^ 1)%N by rewrite card_powerset leq_exp2l.
apply: le_trans (ler_sum _ each) _; rewrite !big_split /= -addrA ler_add2l addrC; apply: ler_add.
  rewrite (bigD1 S) ?powersetE ?subxx //= eqxx add0r.
  rewrite (eq_bigr (fun=> cc)) => [|L /andP[_ /negbTE -> //]].
  rewrite sumr_const -[X in _ <= X]mulr1n; apply: (ler_wpmuln2l cc0).
  rewrite -ltnS (leq_trans _ at_most_two) // (cardD1 S (powerset S)) powersetE subxx add1n ltnS.
  by apply: eq_leq; apply: eq_card => L; rewrite [in RHS]inE andbC.
by rewrite sumr_const -uv -mulr2n; apply: (ler_wpmuln2l u0).
Qed.

Lemma eight_parts (z x a y cc u : rat) : cc = 5%:R * (x + (a + y)) -> x <= u -> 5%:R * y <= u -> 0 <= u ->
  z + (cc + u) <= z + 5%:R * a + (5%:R * u + u + u + u).
Proof.
move=> -> xu yu u0; rewrite !mulrDr -[X in _ <= X]addrA ler_add2l.
have -> : 5%:R * x + (5%:R * a + 5%:R * y) + u = 5%:R * a + (5%:R * x + 5%:R * y + u).
  by rewrite [5%:R * x + (_ + _)]addrCA -!addrA.
rewrite ler_add2l -[X in X <= _]addr0; apply: ler_add; last exact: u0.
by apply: ler_add; [apply: ler_add; [apply: ler_wpmul2l; rewrite ?ler0n | exact: yu] | exact: lexx].
Qed.

(** The named advantages of both sets, and 2^-52. *)
Theorem national_theft (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q)
    (C : finType) (c0 : C) (t : C -> symbol -> linker (ordinal_eqType q) number key symbol) (n : 'I_q -> nat) :
    injective registry -> (forall a, is_scope (registry a)) -> registry insurers = insurers_first ->
    (forall c y s, asks s (n s) (t c y)) ->
    (q <= 3000)%N -> (forall s, n s <= 2 ^ 27)%N -> (#|eligible registry| <= 1)%N ->
  `|yes_theft registry insurers t true - yes_theft registry insurers t false|
    <= \sum_(L in powerset (eligible registry)) named registry insurers (leaked_of L) (guess_for registry insurers t L)
       + 5%:R * compression_adv all_numbers
       + bit 52.
Proof.
move=> inj valid first at_most q3000 n27 one.
apply: le_trans (unlinkability_theft valid first c0 inj at_most) _.
have [x [y [cE x0 y0 xb yb]]] := chain_costE.
have chain0 : 0 <= chain_cost.
  by rewrite cE; apply: addr_ge0 x0 _; apply: addr_ge0 y0; rewrite /compression_adv; apply: addr_ge0; [apply: addr_ge0|];
    exact: normr_ge0.
have cc0 : 0 <= 5%:R * chain_cost by apply: mulr_ge0; [exact: ler0n | exact: chain0].
have counted L s : L \in powerset (eligible registry) -> (counts_of insurers L n s <= 2 ^ 28)%N.
  by rewrite powersetE => LE; exact: counts_le (leq_trans (subset_leq_card LE) one) n27.
have no_parent s : parent registry insurers (leaked_of (eligible registry)) s = None.
  by rewrite /parent /leaked_of inE; case: (purpose (registry s) == purpose_eligibility).
have each L : L \in powerset (eligible registry) ->
    cost registry insurers (leaked_of L) (guess_for registry insurers t L) (counts_of insurers L n)
    <= named registry insurers (leaked_of L) (guess_for registry insurers t L) + bit 56
       + (if L == eligible registry then 0 else 5%:R * chain_cost).
  move=> LE; apply: le_trans (cost_le _ _ _ _ q3000 (fun s => counted L s LE)) _; rewrite ler_add2l.
  case: eqP => [->|_].
    by rewrite big1; [exact: lexx | move=> s _; rewrite no_parent].
  apply: (chains_le (elig := fun s => s \in eligible registry) chain0) => [s /parent_elig|]; first by rewrite inE.
  by rewrite -big_mkcond /= sum1_card.
apply: le_trans (sum_sets one cc0 (bit_ge0 56) (half_bit 55) each) _; rewrite -eight_units.
have ccE : 5%:R * chain_cost = 5%:R * (x + (compression_adv all_numbers + y)) := congr1 (fun c => 5%:R * c) cE.
have dig : 5%:R * y <= bit 55.
  by apply: (times_le (j := 3)); [exact: isT | exact: y0 | exact: le_trans yb (bit_le 58 125)].
exact: (eight_parts _ ccE xb dig (bit_ge0 55)).
Qed.

