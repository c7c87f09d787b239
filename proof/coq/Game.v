(** * The linking game

    Scopes [A], persons [X], keys [K], messages [M], symbols [Y]. A scope without parent gives person x the
    symbol  F k_a (encX x);  a scope whose parent is b gives  F k_a (encY (F k_b (encX x)))  (the two-stage
    eligibility symbol: b is the insurers' scope).

    The adversary is a decision tree. It asks for symbols of pairs of persons, and sees those of the left ones or
    of the right ones: the two worlds. It asks for key tags, takes keys, and says which world it sees. Refused,
    that is answered with a constant, is only what would make the two worlds trivially different:
    - a pair that repeats persons of earlier pairs of that scope on one side but not on the other;
    - a pair of two different persons at a scope whose key was taken;
    - taking the key of a scope where two different persons were asked for;
    - taking the key of a scope before that of its parent. *)

From mathcomp Require Import all_ssreflect fingroup perm all_algebra.
From fugo Require Import Probability Oracle.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Adversary.
Variables (A : eqType) (X K Y : Type).

Inductive linker :=
  | Guess of bool
  | Ask of A & X & X & (Y -> linker)
  | Tag of A & (Y -> linker)
  | Corrupt of A & (K -> linker).

(** On no path more than [n] questions (symbols and the tag) at scope [s]. *)
Fixpoint asks (s : A) (n : nat) (t : linker) {struct t} : Prop :=
  match t with
  | Guess _ => True
  | Ask a _ _ k | Tag a k =>
      if a == s then (if n is n'.+1 then forall y, asks s n' (k y) else False)
      else forall y, asks s n (k y)
  | Corrupt _ k => forall x, asks s n (k x)
  end.

End Adversary.

Arguments Guess {A X K Y}.

Section Game.
Variables (A : eqType) (X : eqType) (K M Y : Type).
Variables (parent : A -> option A) (tag_message : M) (refused_symbol : Y) (refused_key : K).
Implicit Types (h : seq (A * (X * X))) (taken : seq A) (a : A) (p : X * X).

Definition allowed h taken a p :=
  ((a \in taken) ==> (p.1 == p.2)) &&
  all (fun q => (q.1 == a) ==> ((q.2.1 == p.1) == (q.2.2 == p.2))) h.

Definition givable h taken a :=
  all (fun q => (q.1 == a) ==> (q.2.1 == q.2.2)) h &&
  (if parent a is Some b then b \in taken else true).

(** The run of an adversary. [value a] is the keyed function of scope a, [place a p] the message that the pair
    [p] is asked at, [key a] what taking the key gives. Taking a key of [closed] ends the run with "no". *)
Section Run.
Variables (value : A -> M -> Y) (place : A -> X * X -> M) (key : A -> K) (closed : pred A).

Fixpoint run (t : linker A X K Y) h taken : bool :=
  match t with
  | Guess b => b
  | Ask a x0 x1 k =>
      if allowed h taken a (x0, x1)
      then run (k (value a (place a (x0, x1)))) ((a, (x0, x1)) :: h) taken
      else run (k refused_symbol) h taken
  | Tag a k => run (k (value a tag_message)) h taken
  | Corrupt a k =>
      if givable h taken a
      then (if closed a then false else run (k (key a)) h (a :: taken))
      else run (k refused_key) h taken
  end.
End Run.

Lemma eq_run value value' place place' key key' (closed : pred A) t h taken :
    (forall a m, value a m = value' a m) -> (forall a p, place a p = place' a p) ->
    (forall a, ~~ closed a -> key a = key' a) ->
  run value place key closed t h taken = run value' place' key' closed t h taken.
Proof.
move=> ev ep ek; elim: t h taken => [b|a x0 x1 k IH|a k IH|a k IH] h taken //=.
- by rewrite ev ep !IH.
- by rewrite ev IH.
- by rewrite IH; case: ifP => // _; case: ifPn => // na; rewrite ek // IH.
Qed.

(** ** The runs in which a key of [closed] is taken *)
Section Taken.
Variables (value : A -> M -> Y) (key : A -> K) (closed : pred A).

Fixpoint run_taken (place : A -> X * X -> M) (t : linker A X K Y) h taken : bool :=
  match t with
  | Guess b => false
  | Ask a x0 x1 k =>
      if allowed h taken a (x0, x1)
      then run_taken place (k (value a (place a (x0, x1)))) ((a, (x0, x1)) :: h) taken
      else run_taken place (k refused_symbol) h taken
  | Tag a k => run_taken place (k (value a tag_message)) h taken
  | Corrupt a k =>
      if givable h taken a
      then (if closed a then run value place key pred0 (k (key a)) h (a :: taken)
            else run_taken place (k (key a)) h (a :: taken))
      else run_taken place (k refused_key) h taken
  end.

Lemma run_split place t h taken :
  run value place key pred0 t h taken = (run value place key closed t h taken + run_taken place t h taken)%N :> nat.
Proof.
elim: t h taken => [b|a x0 x1 k IH|a k IH|a k IH] h taken /=; rewrite ?addn0 //; case: ifP => // _.
by case: ifP => // _; rewrite add0n.
Qed.

Variable s : A.
Hypothesis closed_near : forall a, closed a -> a = s \/ parent a = Some s.

(** Once two different persons were asked for at [s], no key of [closed] can be taken any more. *)
Lemma run_taken_dead place t h taken :
  has (fun q => (q.1 == s) && (q.2.1 != q.2.2)) h -> s \notin taken -> run_taken place t h taken = false.
Proof.
elim: t h taken => [b|a x0 x1 k IH|a k IH|a k IH] h taken //= hs st.
- by case: ifP => _; rewrite IH //= hs orbT.
- by rewrite IH.
have ns : givable h taken s = false.
  apply/negbTE; rewrite negb_and -has_predC; apply/orP; left.
  by apply: sub_has hs => q /=; rewrite negb_imply.
case: ifP => [ga|_]; last by rewrite IH.
have as_ : s != a by apply: contraFN ns => /eqP ->.
case: ifP => [/closed_near[as'|pa]|_]; last by rewrite IH // inE negb_or as_.
  by rewrite as' eqxx in as_.
by move: ga; rewrite /givable pa (negbTE st) andbF.
Qed.

(** Those runs do not see which of two different persons is asked for at [s]: none ever is. *)
Lemma run_taken_same place place' t h taken :
    (forall a p, (a == s -> p.1 = p.2) -> place a p = place' a p) ->
  run_taken place t h taken = run_taken place' t h taken.
Proof.
move=> pp.
have same u h' taken' : s \in taken' ->
    run value place key pred0 u h' taken' = run value place' key pred0 u h' taken'.
  elim: u h' taken' => [b|a x0 x1 k IH|a k IH|a k IH] h' taken' st //=.
  - case: ifP => [/andP[/implyP ok _]|_]; last by rewrite IH.
    by rewrite pp ?IH // => /eqP ea; apply/eqP/ok; rewrite ea.
  - by rewrite IH.
  - by case: ifP => _; rewrite IH // inE st orbT.
elim: t h taken => [b|a x0 x1 k IH|a k IH|a k IH] h taken //=.
- case: ifP => [ok|_]; last by rewrite IH.
  case: (boolP ((a == s) && (x0 != x1))) => [/andP[/eqP ea nx]|].
    subst a; have st : s \notin taken.
      by move: ok => /andP[/implyP ok _]; apply: contra nx => /ok.
    by rewrite !run_taken_dead //= eqxx nx.
  by rewrite negb_and negbK => ax; rewrite pp ?IH // => ea; move: ax; rewrite ea => /eqP.
case: ifP => [ga|_]; last by rewrite IH.
case: ifP => [/closed_near[ea|pa]|_]; last by rewrite IH.
  by rewrite same // ea inE eqxx.
by rewrite same // inE; move: ga; rewrite /givable pa => /andP[_ ->]; rewrite orbT.
Qed.
End Taken.

(** ** The reduction

    A distinguisher that plays the game with its oracle in the place of the function of scope [s]. *)
Section Reduction.
Variables (value : A -> M -> Y) (place : A -> X * X -> M) (key : A -> K) (closed : pred A) (s : A).

Fixpoint reduction (t : linker A X K Y) h taken : tree M Y :=
  match t with
  | Guess b => Say b
  | Ask a x0 x1 k =>
      if allowed h taken a (x0, x1)
      then (if a == s then Call (place a (x0, x1)) (fun y => reduction (k y) ((a, (x0, x1)) :: h) taken)
            else reduction (k (value a (place a (x0, x1)))) ((a, (x0, x1)) :: h) taken)
      else reduction (k refused_symbol) h taken
  | Tag a k =>
      if a == s then Call tag_message (fun y => reduction (k y) h taken)
      else reduction (k (value a tag_message)) h taken
  | Corrupt a k =>
      if givable h taken a
      then (if closed a then Say false else reduction (k (key a)) h (a :: taken))
      else reduction (k refused_key) h taken
  end.

Lemma exec_reduction f t h taken :
  exec f (reduction t h taken)
  = run (fun a m => if a == s then f m else value a m) place key closed t h taken.
Proof.
elim: t h taken => [b|a x0 x1 k IH|a k IH|a k IH] h taken //=.
- case: ifP => _; last by rewrite IH.
  by case: eqP => _ /=; rewrite IH.
- by case: eqP => _ /=; rewrite IH.
- by case: ifP => _; [case: ifP => _ //|]; rewrite IH.
Qed.

(** It asks its oracle no more often than the adversary asks at [s]. *)
Lemma calls_reduction n t h taken : asks s n t -> calls n (reduction t h taken).
Proof.
have mono (u : tree M Y) : forall i, calls i u -> calls i.+1 u.
  by elim: u => [b|m k IH] [|i] //= ki y; apply: IH.
elim: t n h taken => [b|a x0 x1 k IH|a k IH|a k IH] n h taken //=.
- case: eqP => _; last by move=> kn; case: ifP => _; apply: IH.
  case: n => // n kn; case: ifP => _ /=; first by move=> y; apply: IH.
  by apply: mono; apply: IH.
- case: eqP => _; last by move=> kn; apply: IH.
  by case: n => // n kn y; apply: IH.
- by move=> kn; case: ifP => _; [case: ifP => _ //|]; apply: IH.
Qed.
End Reduction.

End Game.

(** Two reductions whose places at [s] repeat alike are twins: a random oracle does not tell them apart. *)
Section TwinReductions.
Variables (A X : eqType) (K : Type) (M Y : finType).
Variables (parent : A -> option A) (tag_message : M) (refused_symbol : Y) (refused_key : K).
Variables (value : A -> M -> Y) (key : A -> K) (closed : pred A) (s : A).
Variables (place place' : A -> X * X -> M).
Hypothesis same_elsewhere : forall a p, a != s -> place a p = place' a p.
Hypothesis same_pattern : forall p q : X * X,
  (p.1 == q.1) = (p.2 == q.2) -> (place s p == place s q) = (place' s p == place' s q).
Hypothesis not_tag : forall p, place s p != tag_message.
Hypothesis not_tag' : forall p, place' s p != tag_message.

Let red (pl : A -> X * X -> M) := reduction parent tag_message refused_symbol refused_key value pl key closed s.

Lemma twin_reductions t : twin [::] (red place t [::] [::]) (red place' t [::] [::]).
Proof.
pose known (h : seq (A * (X * X))) (q : M * M) :=
  (q == (tag_message, tag_message)) || has (fun e => (e.1 == s) && (q == (place s e.2, place' s e.2))) h.
suff gen h taken w : all (known h) w -> twin w (red place t h taken) (red place' t h taken) by exact: gen.
elim: t h taken w => [b|a x0 x1 k IH|a k IH|a k IH] h taken w kw //=.
- case: ifP => [ok|_]; last exact: IH.
  have grow : all (known ((a, (x0, x1)) :: h)) w.
    apply: sub_all kw => q /orP[eq|hq]; apply/orP; [by left|right] => /=; by rewrite hq orbT.
  case: eqP => [ea|/eqP na]; last by rewrite same_elsewhere //; exact: IH.
  subst a; split=> [|y]; last first.
    by apply: IH; rewrite /= grow andbT /known /= !eqxx orbT.
  apply/allP => q /(allP kw) /orP[/eqP ->|/hasP[e eh /andP[/eqP es /eqP ->]]] /=.
    by rewrite ![tag_message == _]eq_sym (negbTE (not_tag _)) (negbTE (not_tag' _)).
  have /= := allP (proj2 (andP ok)) e eh; rewrite es eqxx => /eqP pat.
  exact/eqP/same_pattern.
- case: eqP => _; last exact: IH.
  split=> [|y]; last by apply: IH; rewrite /= kw /known eqxx.
  apply/allP => q /(allP kw) /orP[/eqP ->|/hasP[e eh /andP[_ /eqP ->]]] /=; first by rewrite !eqxx.
  by rewrite (negbTE (not_tag _)) (negbTE (not_tag' _)).
- by case: ifP => _; [case: ifP => // _|]; exact: IH.
Qed.
End TwinReductions.
