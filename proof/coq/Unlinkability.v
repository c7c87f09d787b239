(** * Unlinkability: the game in the words of the specification, and the theorem

    What the adversary sees here is bytes that [derive_symbol], [scope_key] and [tag_bytes] give, the same that are
    evaluated on the vectors. The bound names the hops of the proof; [compression_advE] in Teeth.v and [national] in
    National.v say what they amount to. *)

From Coq Require Import NArith List.
From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle Game Switch Hops Hybrid Ladder Cascade Sha256 Encoding Injectivity Bytes.
From fugo Require Import Deployed.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Opaque compress length_bytes.

Lemma wrap_raw n (t : n.-tuple byte) : wrap n (raw t) = t.
Proof.
apply: eq_from_tnth => i; rewrite tnth_mktuple (tnth_nth ord0) (nth_map ord0) ?size_tuple ?ltn_ord //.
exact: to_NK.
Qed.

Lemma sum_le_listed (T : Type) (l : seq T) (f g : T -> rat) :
  (forall h, In h l -> f h <= g h) -> \sum_(h <- l) f h <= \sum_(h <- l) g h.
Proof.
elim: l => [|h l IH] fg; rewrite ?big_nil ?lexx // !big_cons; apply: ler_add; first by apply: fg; left.
by apply: IH => h' hl; apply: fg; right.
Qed.

Section Unlinkability.
Variables (q : nat) (registry : 'I_q -> scope) (insurers : 'I_q).
Hypothesis registry_inj : injective registry.
Hypothesis registry_valid : forall a, is_scope (registry a).
Hypothesis registry_insurers : registry insurers = insurers_first.

(** Eligibility scopes whose key has leaked without the insurers': none, or any. Their keys are there for the asking,
    their symbols are not: who has such a key makes them from insurers' symbols. *)
Variable leaked : pred 'I_q.

Let below := parent registry insurers leaked.

(** ** The game

    Under one root key. The left world answers for x0, the right one for x1; [allowed] and [givable] refuse, by
    what was asked before and by nothing else. *)
Section Played.
Variables (root : key) (left : bool).

Fixpoint played (t : linker (ordinal_eqType q) number key symbol) h taken : bool :=
  match t with
  | Guess b => b
  | Ask a x0 x1 k =>
      if ~~ leaked a && allowed h taken a (x0, x1)
      then played (k (wrap 16 (derive_symbol (raw root) (registry a) (raw (val (if left then x0 else x1))))))
                  ((a, (x0, x1)) :: h) taken
      else played (k symbol0) h taken
  | Tag a k => played (k (wrap 16 (symbol_from (scope_key (raw root) (registry a)) tag_bytes))) h taken
  | Corrupt a k =>
      if givable below h taken a
      then played (k (wrap 32 (scope_key (raw root) (registry a)))) h (a :: taken)
      else played (k key0) h taken
  end.
End Played.

Variables (C : finType) (c0 : C) (t : C -> symbol -> linker (ordinal_eqType q) number key symbol).

(** Pr[the adversary says yes], over its coins and the root key. It is told what the root's tag is the start of. *)
Definition yes (left : bool) : rat :=
  E (fun c => E (fun root : key => (played root left (t c (wrap 16 (symbol_from (raw root) tag_bytes))) [::] [::])%:R)).

(** The adversary that does not ask for symbols of leaked scopes. *)
Fixpoint discreet (u : linker (ordinal_eqType q) number key symbol) : linker (ordinal_eqType q) number key symbol :=
  match u with
  | Guess b => Guess b
  | Ask a x0 x1 k => if leaked a then discreet (k symbol0) else Ask a x0 x1 (fun y => discreet (k y))
  | Tag a k => Tag a (fun y => discreet (k y))
  | Corrupt a k => Corrupt a (fun x => discreet (k x))
  end.
Definition adversary (c : C) (y : symbol) := discreet (t c y).

Lemma asks_more s m u : asks s m u -> @asks (ordinal_eqType q) number key symbol s m.+1 u.
Proof.
elim: u m => [b|a x0 x1 k IH|a k IH|a k IH] m //=; last by move=> am x; exact: IH _ _ (am x).
- by case: (a == s) => am y; [case: m am => // m am | ]; exact: IH _ _ (am y).
- by case: (a == s) => am y; [case: m am => // m am | ]; exact: IH _ _ (am y).
Qed.

Lemma asks_discreet s m u : asks s m u -> asks s m (discreet u).
Proof.
elim: u m => [b|a x0 x1 k IH|a k IH|a k IH] m //=; last by move=> am x; exact: IH _ _ (am x).
- case: (leaked a) => /=; case: (a == s) => am; try by move=> y; exact: IH _ _ (am y).
  + by case: m am => // m am; apply: asks_more; exact: IH _ _ (am _).
  + exact: IH _ _ (am _).
  + by case: m am => // m am y; exact: IH _ _ (am y).
- by case: (a == s) => am; [case: m am => // m am y | move=> y]; exact: IH _ _ (am y).
Qed.

(** That is the game that the proof is about. *)
Theorem yes_is_world left : yes left = world registry insurers leaked adversary (if left then Left else Right).
Proof.
apply: eq_E => c; apply: eq_E => root; congr (_%:R); congr nat_of_bool; rewrite /play /game /adversary /=.
set side := if left then Left else Right; set ks := keys_of _ _ _.
have nd : side <> Dummy by rewrite /side; case: (left).
have root_tag : cut (ks None) = wrap 16 (symbol_from (raw root) tag_bytes).
  by rewrite -[LHS]wrap_raw raw_cut ffunE raw_H raw_tag_message.
rewrite -root_tag; elim: (t c _) ([::]) ([::]) => [b|a x0 x1 k IH|a k IH|a k IH] h taken //=.
- case: (boolP (leaked a)) => la /=; first exact: IH.
  case: ifP => _; rewrite IH //; congr (run _ _ _ _ _ _ _ _ (discreet (k _)) _ _).
  rewrite -[RHS]wrap_raw (answers_are_derived registry_valid registry_insurers) //.
  by rewrite /side; case: (left).
- rewrite IH; congr (run _ _ _ _ _ _ _ _ (discreet (k _)) _ _).
  by rewrite -[RHS]wrap_raw /value /F raw_cut raw_H raw_tag_message ffunE raw_H (raw_label_message registry_valid) scope_keyE.
- case: ifP => _; rewrite IH //; congr (run _ _ _ _ _ _ _ _ (discreet (k _)) _ _).
  by rewrite -[RHS]wrap_raw; have [-> _ _] := keys_and_tags_are_derived registry_valid root a.
Qed.

Variable n : 'I_q -> nat.
Hypothesis at_most : forall c y s, asks s (n s) (t c y).

(** ** The theorem

    |Pr[yes | left] - Pr[yes | right]| <= two hops of the key ladder
       + the hops of the scopes, 2 for each and 4 more for each eligibility scope ([sum_hops])
       + 5 times the chain's cost for each eligibility scope. *)
Theorem unlinkability :
  `|yes true - yes false|
    <= ladder_cost registry insurers leaked adversary Left + ladder_cost registry insurers leaked adversary Right
       + \sum_(h <- hops below) hop_cost registry insurers leaked adversary n h
       + \sum_s (if below s then 5%:R * chain_cost else 0).
Proof.
by rewrite !yes_is_world; apply: linking_deployed => // c y s; apply: asks_discreet; exact: at_most.
Qed.

(** The same with one bound for the hops of each scope. *)
Variable eps : 'I_q -> rat.
Definition per_hop (s : 'I_q) : rat := eps s + 'C(n s, 2)%:R / 2%:R ^+ 256.

Theorem unlinkability_by_scope :
    (forall h, In h (hops below) -> compression_adv (scope_hop registry insurers leaked adversary h) <= eps (hop_scope h)) ->
  `|yes true - yes false|
    <= ladder_cost registry insurers leaked adversary Left + ladder_cost registry insurers leaked adversary Right
       + \sum_s (if below s then 6%:R * per_hop s else 2%:R * per_hop s)
       + \sum_s (if below s then 5%:R * chain_cost else 0).
Proof.
move=> eps_bound; apply: le_trans unlinkability _; rewrite ler_add2r ler_add2l.
rewrite -(sum_hops below per_hop); apply: sum_le_listed => h /eps_bound le_eps.
by rewrite /hop_cost /per_hop ler_add2r.
Qed.

End Unlinkability.
