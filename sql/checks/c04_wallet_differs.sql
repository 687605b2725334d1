-- Open lots + residual = wallet, per base asset (double entry, requirement R39).
select r.account, r.asset, r.lots, r.residual, r.wallet, r.difference
  from backstop.residuals r
 where r.difference <> 0
   and exists (select from backstop.asset_residuals x where x.account = r.account and x.asset = r.asset);
